using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="FlopsLoss"/>.</summary>
public sealed record FlopsLossSettings
{
    /// <summary>Gets the number of elements other than zero above which a vector counts (arXiv:2504.14839); null, the default, for all vectors.</summary>
    public int? Threshold { get; init; }
}

/// <summary>
/// Sparse vectors that cost few operations to compare: Σⱼ (mean over vectors of element j)², which empties the words that many vectors share first
/// (Paria et al. 2020, arXiv:2004.05665). One or more text columns, whose vectors count together; no labels. A part of <see cref="SpladeLoss"/>.
/// </summary>
/// <param name="settings">The settings; null for the defaults.</param>
public sealed class FlopsLoss(FlopsLossSettings? settings = null) : Loss
{
    private const string Paria =
        """
        @article{paria2020minimizing,
            title = {Minimizing FLOPs to Learn Efficient Sparse Representations},
            author = {Paria, Biswajit and Yeh, Chih-Kuan and Yen, Ian E. H. and Xu, Ning and Ravikumar, Pradeep and P{\'o}czos, Barnab{\'a}s},
            journal = {arXiv preprint arXiv:2004.05665},
            year = {2020}
        }
        """;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(FlopsLoss), ModelOutputKind.SentenceEmbeddings, ["threshold"], (node, _) => new FlopsLoss(new() { Threshold = node.Find("threshold")?.Number(0, int.MaxValue) }));

    /// <summary>Gets the settings.</summary>
    public FlopsLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Paria];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        var vectors = run.ConcatenateRows(input.Embeddings);
        if (Settings.Threshold is { } threshold)
        {
            vectors = run.ScaleRows(vectors, [.. Enumerable.Range(0, vectors.Rows).Select(row => vectors.Row(row).Length - vectors.Row(row).Count(0f) > threshold ? 1f : 0)]);
        }

        // The square of the sum of vectors is the sum of all their products.
        return run.Scale(run.Sum(run.Product(vectors, vectors)), 1f / vectors.Rows / vectors.Rows);
    }
}
