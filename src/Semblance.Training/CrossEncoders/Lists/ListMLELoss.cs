namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="ListMLELoss"/>.</summary>
public sealed record ListMLELossSettings : CrossEncoderLossSettings
{
    /// <summary>
    /// Gets a value that indicates whether candidates are used in their given order, as in sentence-transformers, instead of sorted by
    /// their labels; <see langword="true"/> by default.
    /// </summary>
    public bool RespectInputOrder { get; init; } = true;
}

/// <summary>
/// Represents the negative log-likelihood of the correct order when candidates are drawn one after another by their scores (Xia et al.
/// 2008, "Listwise Approach to Learning to Rank: Theory and Algorithm", doi:10.1145/1390156.1390306).
/// </summary>
/// <remarks>
/// It is <see cref="PListMLELoss"/> with equal weights for all ranks, summed. The candidates in order, the most relevant first, or a
/// relevance label for each.
/// </remarks>
public sealed class ListMLELoss(ListMLELossSettings? settings = null) : PListMLELoss(Listed(settings ?? new()))
{
    private const string Xia =
        """
        @inproceedings{xia2008listwise,
            title = {Listwise Approach to Learning to Rank: Theory and Algorithm},
            author = {Fen Xia and Tie-Yan Liu and Jue Wang and Wensheng Zhang and Hang Li},
            booktitle = {Proceedings of the 25th International Conference on Machine Learning},
            pages = {1192-1199},
            year = {2008},
            doi = {10.1145/1390156.1390306}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(ListMLELoss), ModelOutputKind.Logits, ["ordered", "mini-batch"], (node, _) =>
        {
            var usual = new PListMLELossSettings().Read(node);
            return new ListMLELoss(new() { RespectInputOrder = usual.RespectInputOrder, MiniBatchSize = usual.MiniBatchSize });
        });

    private static PListMLELossSettings Listed(ListMLELossSettings settings) =>
        new() { RespectInputOrder = settings.RespectInputOrder, MiniBatchSize = settings.MiniBatchSize };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Xia];

    private protected override IReadOnlyList<float> WeightsOf(int count) => [.. Enumerable.Repeat(1f, count)];
}
