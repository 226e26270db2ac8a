namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="RankNetLoss"/>.</summary>
public sealed record RankNetLossSettings : CrossEncoderLossSettings
{
    /// <summary>Gets the number of first ranks that are considered, from 1; <see langword="null"/>, the default, for all.</summary>
    public int? K
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Gets the factor of the score differences; 1 by default.</summary>
    public float Sigma
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>
    /// Gets a value that indicates whether logarithms are natural instead of binary, which multiplies the loss by ln 2;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool NaturalLogarithm { get; init; }
}

/// <summary>
/// Represents the cross-entropy of the logistic function of the score difference for each pair of candidates with different relevance
/// (Burges et al. 2005, "Learning to Rank using Gradient Descent", doi:10.1145/1102351.1102363).
/// </summary>
/// <remarks>
/// It is <see cref="LambdaLoss"/> without weights. A relevance label for each candidate; without labels, the first candidate is 1 and the
/// others are 0.
/// </remarks>
public sealed class RankNetLoss(RankNetLossSettings? settings = null) : LambdaLoss(Unweighted(settings ?? new()))
{
    private const string Burges =
        """
        @inproceedings{burges2005learning,
            title = {Learning to Rank using Gradient Descent},
            author = {Chris Burges and Tal Shaked and Erin Renshaw and Ari Lazier and Matt Deeds and Nicole Hamilton and Greg Hullender},
            booktitle = {Proceedings of the 22nd International Conference on Machine Learning},
            pages = {89-96},
            year = {2005},
            doi = {10.1145/1102351.1102363}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(RankNetLoss), ModelOutputKind.Logits, ["k", "sigma", "natural-logarithm", "mini-batch"], (node, _) =>
        {
            var usual = new LambdaLossSettings().Read(node);
            return new RankNetLoss(
                new() { K = usual.K, Sigma = usual.Sigma, NaturalLogarithm = usual.NaturalLogarithm, MiniBatchSize = usual.MiniBatchSize });
        });

    private static LambdaLossSettings Unweighted(RankNetLossSettings settings) => new()
    {
        Weighting = LambdaWeighting.None,
        K = settings.K,
        Sigma = settings.Sigma,
        NaturalLogarithm = settings.NaturalLogarithm,
        MiniBatchSize = settings.MiniBatchSize,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Burges];
}
