namespace Semblance.Training;

/// <summary>
/// Another loss on several layers and several lengths of their vectors, so that both layers and elements can be cut off later (Li et al. 2024,
/// arXiv:2402.14776): an <see cref="AdaptiveLayerLoss"/> of a <see cref="MatryoshkaLoss"/>.
/// </summary>
/// <param name="loss">What is computed on each layer and length.</param>
/// <param name="dimensions">The lengths, such as 768, 512, 256, 128, 64.</param>
/// <param name="weights">What each length counts; 1 each when null.</param>
/// <param name="layersPerStep">How many earlier layers, drawn by chance, each batch is computed on; all when null.</param>
/// <param name="dimensionsPerStep">How many lengths, drawn by chance, each layer is computed on; all when null.</param>
/// <param name="lastLayerWeight">What the last layer counts.</param>
/// <param name="priorLayersWeight">What the earlier layers count together.</param>
/// <param name="divergenceWeight">What the divergence of the earlier layers' vectors from the last one's counts.</param>
/// <param name="divergenceTemperature">What the elements of vectors are divided by before the divergence; 0 leaves it out.</param>
/// <param name="layerWeighting">What each earlier layer counts; the same by default.</param>
public sealed class Matryoshka2dLoss(
    Loss loss,
    IReadOnlyList<int> dimensions,
    IReadOnlyList<float>? weights = null,
    int? layersPerStep = 1,
    int? dimensionsPerStep = 1,
    float lastLayerWeight = 1,
    float priorLayersWeight = 1,
    float divergenceWeight = 1,
    float divergenceTemperature = 0.3f,
    LayerWeighting layerWeighting = LayerWeighting.Uniform)
    : AdaptiveLayerLoss(
        new MatryoshkaLoss(loss, dimensions, weights, dimensionsPerStep),
        layersPerStep,
        lastLayerWeight,
        priorLayersWeight,
        divergenceWeight,
        divergenceTemperature,
        layerWeighting);
