import { preset } from '../preprocess/presets.js';
import type { Preprocess } from '../preprocess/schema.js';

/** A pretrained network that can be had by name. All of them tell the 1000 classes of ImageNet apart and return logits. */
export interface ZooEntry {
  /** What people call it. */
  readonly title: string;
  /** The file's path in the repository `onnx/models` (Apache-2.0) at {@link ZOO_COMMIT}. */
  readonly path: string;
  /** Exact size of the file. */
  readonly bytes: number;
  readonly sha256: string;
  readonly preprocess: Preprocess;
}

/** The commit of `onnx/models` whose Git LFS pointers name the sizes and sums below. */
export const ZOO_COMMIT = 'b1eeaa1ac722dcc1cd1a8284bde34393dab61c3d';

/**
 * Where the files are, tried in turn; for the placeholders see {@link zooAddresses}. The repository's README says that they moved to the
 * organisation of the first in July 2025. No address is trusted: what comes is checked by size and sum.
 */
export const ZOO_MIRRORS: readonly string[] = [
  'https://huggingface.co/onnxmodelzoo/{folder}/resolve/main/{file}',
  'https://media.githubusercontent.com/media/onnx/models/{commit}/{path}',
];

/**
 * The hosts behind {@link ZOO_MIRRORS}, those that they redirect to among them, as a Content-Security-Policy names them. Hugging
 * Face sends downloads to storage in several regions, whose names change; all of them are below its own domain hf.co.
 */
export const ZOO_HOSTS: readonly string[] = ['https://huggingface.co', 'https://*.hf.co', 'https://media.githubusercontent.com'];

/** torchvision's evaluation presets, whose ratio of crop to resized side differs between networks, as timm's does. */
const imagenet = preset('imagenet');

/** The zoo, by short name. */
export const ZOO_MODELS: Readonly<Record<string, ZooEntry>> = {
  resnet18: {
    title: 'ResNet-18',
    path: 'Computer_Vision/resnet18_Opset17_torch_hub/resnet18_Opset17.onnx',
    bytes: 46_748_516,
    sha256: 'eef70310eb26bdbc70babb290ee3239599ea9aed406bade711e3d2693b9d20e8',
    preprocess: imagenet,
  },
  resnet50: {
    title: 'ResNet-50',
    path: 'Computer_Vision/resnet50_Opset17_torch_hub/resnet50_Opset17.onnx',
    bytes: 102_146_338,
    sha256: 'eb6eabe74f278fb55336e49e639b2367dda69f6f3b0d86dea7ffa9d55e6a0939',
    preprocess: imagenet,
  },
  squeezenet1_1: {
    title: 'SqueezeNet 1.1',
    path: 'Computer_Vision/squeezenet1_1_Opset17_torch_hub/squeezenet1_1_Opset17.onnx',
    bytes: 4_958_202,
    sha256: 'fbb553444cab298bcac72cf623694e277dfe11d78662108f91ff46b6acb2cc5f',
    preprocess: imagenet,
  },
  mobilenet_v2: {
    title: 'MobileNetV2',
    path: 'Computer_Vision/skip/mobilenet_v2_Opset17_torch_hub/mobilenet_v2_Opset17.onnx',
    bytes: 13_992_248,
    sha256: '1acdc7323ff91c6e47866b8507af26514b1c2d94f765afc0d210277ea084eb47',
    preprocess: imagenet,
  },
  mobilenet_v3_small: {
    title: 'MobileNetV3 Small',
    path: 'Computer_Vision/skip/mobilenet_v3_small_Opset17_torch_hub/mobilenet_v3_small_Opset17.onnx',
    bytes: 10_181_029,
    sha256: '9152343d120cf7b03b6b775a5fccd53813cc21891e376060a8edd2dfc0c35193',
    preprocess: imagenet,
  },
  mobilenet_v3_large: {
    title: 'MobileNetV3 Large',
    path: 'Computer_Vision/skip/mobilenet_v3_large_Opset17_torch_hub/mobilenet_v3_large_Opset17.onnx',
    bytes: 21_922_120,
    sha256: '8b13ac3ccb407ecbbcae0fe427f065c44dd96e259935de35699e607ec5ba12bc',
    preprocess: imagenet,
  },
  densenet121: {
    title: 'DenseNet-121',
    path: 'Computer_Vision/densenet121_Opset17_torch_hub/densenet121_Opset17.onnx',
    bytes: 32_308_799,
    sha256: '9299d867cac3e0bf40803ac737e3fdaf3cb5976ee65c82961c211a3d8be3bbdd',
    preprocess: imagenet,
  },
  efficientnet_b0: {
    title: 'EfficientNet-B0',
    path: 'Computer_Vision/efficientnet_b0_Opset17_timm/efficientnet_b0_Opset17.onnx',
    bytes: 21_128_851,
    sha256: 'e76596a2b9e27c7c734c38550859105b43fec926f13447a84dad175eb994068a',
    preprocess: { ...imagenet, interpolation: 'bicubic' },
  },
  convnext_tiny: {
    title: 'ConvNeXt Tiny',
    path: 'Computer_Vision/convnext_tiny_Opset17_torch_hub/convnext_tiny_Opset17.onnx',
    bytes: 114_441_019,
    sha256: '66ce90ae0aaba2d7df6fac5354a26f58fba8a4e4e104d1404491ffdcfddbb8b1',
    preprocess: { ...imagenet, crop: 224 / 236 },
  },
  vgg16: {
    title: 'VGG-16',
    path: 'Computer_Vision/vgg16_Opset17_torch_hub/vgg16_Opset17.onnx',
    bytes: 553_437_938,
    sha256: '1ad7f863cda9f3ff233317bb9d183651a3206ab271cf1c20870c851dafdbb9ba',
    preprocess: imagenet,
  },
  vit_b_16: {
    title: 'ViT-B/16',
    path: 'Computer_Vision/skip/vit_b_16_Opset17_torch_hub/vit_b_16_Opset17.onnx',
    bytes: 346_504_837,
    sha256: '756f97870fa5a9162956902c854802362be83f86e96315eae448ae57f9ce59be',
    preprocess: imagenet,
  },
  swin_t: {
    title: 'Swin-T',
    path: 'Computer_Vision/swin_t_Opset17_torch_hub/swin_t_Opset17.onnx',
    bytes: 115_634_798,
    sha256: '2cafa37bdb18a4251764ff25d3800e43154e72bca33d9fbaa0f4f425e12319f2',
    preprocess: { ...imagenet, crop: 224 / 232, interpolation: 'bicubic' },
  },
  deit_tiny: {
    title: 'DeiT-Tiny',
    path: 'Computer_Vision/deit_tiny_patch16_224_Opset17_timm/deit_tiny_patch16_224_Opset17.onnx',
    bytes: 22_966_973,
    sha256: 'b44b1eecf4e773c20bf110b268af304dad5b07daa34dc7721afc5325cd06dcdc',
    preprocess: { ...imagenet, crop: 0.9, interpolation: 'bicubic' },
  },
};
