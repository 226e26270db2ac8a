namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="Matryoshka2dLoss"/>: those of the layers, and the dimensions.</summary>
public sealed record Matryoshka2dLossSettings : AdaptiveLayerLossSettings
{
    /// <summary>Gets the dimensions, such as 768, 512, 256, 128, 64.</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>Gets the weight of each dimension; <see langword="null"/>, the default, for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; init; }

    /// <summary>Gets the number of dimensions, sampled at random for each layer; 1 by default, <see langword="null"/> for all.</summary>
    public int? DimensionsPerStep
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    } = 1;
}

/// <summary>
/// Represents a loss that applies another loss to several layers and several dimensions, so that both can be truncated later (Li et al.
/// 2024, arXiv:2402.14776): an <see cref="AdaptiveLayerLoss"/> of a <see cref="MatryoshkaLoss"/>.
/// </summary>
/// <param name="loss">The loss that is computed for each layer and dimension.</param>
/// <param name="settings">The settings.</param>
public sealed class Matryoshka2dLoss(Loss loss, Matryoshka2dLossSettings settings) : AdaptiveLayerLoss(Lengths(loss, settings), settings)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(Matryoshka2dLoss), ModelOutputKind.SentenceEmbeddings,
        ["loss", "dimensions", "weights", "dimensions-per-step", .. AdaptiveLayerLossSettings.Keys], (node, context) =>
        {
            var usual =
                new Matryoshka2dLossSettings { Dimensions = MatryoshkaLoss.Dimensions(node), Weights = MatryoshkaLoss.Weights(node) };
            return new Matryoshka2dLoss(
                node.InnerLoss(context), (Matryoshka2dLossSettings)usual.Read(node) with
                {
                    DimensionsPerStep = node.PerStep("dimensions-per-step", usual.DimensionsPerStep),
                });
        });

    private static MatryoshkaLoss Lengths(Loss loss, Matryoshka2dLossSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(
            loss, new() { Dimensions = settings.Dimensions, Weights = settings.Weights, DimensionsPerStep = settings.DimensionsPerStep });
    }
}
