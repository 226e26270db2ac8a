using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MegaBatchMarginLoss"/>.</summary>
public sealed record MegaBatchMarginLossSettings
{
    /// <summary>Gets the minimum cosine similarity of a pair; 0.8 by default.</summary>
    public float PositiveMargin
    {
        get;
        init => field = Setting.Finite(value);
    } = 0.8f;

    /// <summary>Gets the maximum cosine similarity of the hardest negative; 0.3 by default.</summary>
    public float NegativeMargin
    {
        get;
        init => field = Setting.Finite(value);
    } = 0.3f;
}

/// <summary>
/// Represents the loss max(positiveMargin − cos(a, p), 0) + max(cos(a, n) − negativeMargin, 0), where n is the most similar of the other
/// rows' positives (Wieting and Gimpel 2018, ParaNMT-50M, arXiv:1711.05732).
/// </summary>
/// <remarks>
/// The larger the batch, the harder the negatives; for batches larger than memory, see <see cref="CachedMegaBatchMarginLoss"/>. Two text
/// columns: anchor, positive; no labels.
/// </remarks>
public sealed class MegaBatchMarginLoss(MegaBatchMarginLossSettings? settings = null) : Loss
{
    private const string Wieting =
        """
        @inproceedings{wieting-gimpel-2018-paranmt,
            title = "{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations",
            author = "Wieting, John and Gimpel, Kevin",
            booktitle = "Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics",
            year = "2018",
            url = "https://arxiv.org/abs/1711.05732",
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MegaBatchMarginLoss), ModelOutputKind.SentenceEmbeddings, [.. Keys], (node, _) => new MegaBatchMarginLoss(Read(node)));

    /// <summary>Gets the settings.</summary>
    public MegaBatchMarginLossSettings Settings { get; } = settings ?? new();

    internal static string[] Keys => ["positive-margin", "negative-margin"];

    internal static MegaBatchMarginLossSettings Read(RecipeNode node)
    {
        var usual = new MegaBatchMarginLossSettings();
        return usual with
        {
            PositiveMargin = node.Number("positive-margin", usual.PositiveMargin, -1, 1),
            NegativeMargin = node.Number("negative-margin", usual.NegativeMargin, -1, 1),
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Wieting];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var rows = input.Rows;
        if (rows == 1)
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scores = run.Similarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.Cosine);
        var hardest = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var values = scores.Row(row);
            var best = row == 0 ? 1 : 0;
            for (var other = best + 1; other < rows; other++)
            {
                best = other != row && values[other] > values[best] ? other : best;
            }

            hardest[row] = (row * rows) + best;
        }

        var positive = run.Relu(run.Scale(run.Diagonal(scores), -1, Settings.PositiveMargin));
        var negative = run.Relu(run.Scale(run.Gather(scores, hardest, rows, 1), 1, -Settings.NegativeMargin));
        return run.Mean(run.Add(positive, negative));
    }
}
