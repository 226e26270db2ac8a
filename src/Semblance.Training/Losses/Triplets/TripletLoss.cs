using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="TripletLoss"/>.</summary>
public sealed record TripletLossSettings
{
    /// <summary>Gets the distance of two vectors; <see cref="DistanceMetric.Euclidean"/> by default.</summary>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Euclidean;

    /// <summary>Gets the margin; 5 by default.</summary>
    public float Margin
    {
        get;
        init => field = Setting.Finite(value);
    } = 5;
}

/// <summary>
/// Represents the triplet loss max(|a − p| − |a − n| + margin, 0): the anchor is nearer to the positive than to the negative by a margin.
/// </summary>
/// <remarks>
/// Schroff et al. 2015, arXiv:1503.03832, with squared distances; Hermans et al. 2017, arXiv:1703.07737; Reimers and Gurevych 2019, with a
/// margin of 1. Three text columns: anchor, positive, negative.
/// </remarks>
public sealed class TripletLoss(TripletLossSettings? settings = null) : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(TripletLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin"], (node, _) =>
        {
            var usual = new TripletLossSettings();
            return new TripletLoss(usual with { Metric = node.Distance(usual.Metric), Margin = node.Margin(usual.Margin) });
        });

    /// <summary>Gets the settings.</summary>
    public TripletLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hermans, Papers.Schroff];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3, 3);
        var (anchor, positive, negative) = (input.Embeddings[0], input.Embeddings[1], input.Embeddings[2]);
        var excess = run.Subtract(run.RowDistances(anchor, positive, Settings.Metric), run.RowDistances(anchor, negative, Settings.Metric));
        return run.Mean(run.Relu(run.Scale(excess, 1, Settings.Margin)));
    }
}
