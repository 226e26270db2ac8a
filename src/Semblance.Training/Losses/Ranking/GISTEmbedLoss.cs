using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="GISTEmbedLoss"/>.</summary>
public sealed record GISTEmbedLossSettings
{
    /// <summary>Gets the temperature: the divisor of the similarities; 0.01 by default.</summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 0.01f;

    /// <summary>Gets the meaning of <see cref="Margin"/>; <see cref="MarginStrategy.Absolute"/> by default.</summary>
    public MarginStrategy MarginStrategy { get; init; } = MarginStrategy.Absolute;

    /// <summary>Gets the margin below the similarity of the positive above which a candidate is a false negative; 0 by default.</summary>
    public float Margin
    {
        get;
        init => field = Setting.Finite(value);
    }

    /// <summary>Gets a value that indicates whether other anchors are negatives of an anchor; <see langword="true"/> by default.</summary>
    public bool ContrastAnchors { get; init; } = true;

    /// <summary>
    /// Gets a value that indicates whether other positives are negatives of a positive; <see langword="true"/> by default.
    /// </summary>
    public bool ContrastPositives { get; init; } = true;

    /// <summary>
    /// Gets the guide model, which also encodes the texts of each batch; <see langword="null"/>, the default, if
    /// <see cref="LossInput.GuideEmbeddings"/> are given.
    /// </summary>
    public SentenceTransformer? Guide { get; init; }
}

/// <summary>Represents in-batch ranking with a guide model that detects false negatives (Solatorio 2024, arXiv:2402.16829).</summary>
/// <remarks>
/// The cross-entropy over the batch's similarities as in <see cref="MultipleNegativesRankingLoss"/>, without the candidates that the guide
/// model finds more similar than the positive, and with other anchors and other positives as additional negatives. An embedding is never
/// its own negative. Two or more text columns: anchor, positive, and any number of hard negatives; no labels;
/// <see cref="LossInput.GuideEmbeddings"/> of the same texts.
/// </remarks>
public sealed class GISTEmbedLoss(GISTEmbedLossSettings? settings = null) : Loss
{
    private const string Solatorio =
        """
        @misc{solatorio2024gistembed,
            title = {GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning},
            author = {Aivin V. Solatorio},
            year = {2024},
            eprint = {2402.16829},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(GISTEmbedLoss), ModelOutputKind.SentenceEmbeddings, [.. Keys], (node, _) => new GISTEmbedLoss(Read(node)));

    /// <summary>Gets the settings.</summary>
    public GISTEmbedLossSettings Settings { get; } = settings ?? new();

    internal static string[] Keys => ["guide", "temperature", "margin-strategy", "margin", "contrast-anchors", "contrast-positives"];

    internal static GISTEmbedLossSettings Read(RecipeNode node)
    {
        var usual = new GISTEmbedLossSettings();
        return usual with
        {
            Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
            MarginStrategy = node.Find("margin-strategy")?.OneOf(
                ("absolute", MarginStrategy.Absolute), ("relative", MarginStrategy.Relative))
                ?? usual.MarginStrategy,
            Margin = node.Number("margin", usual.Margin, -1e6f, 1e6f),
            ContrastAnchors = node.Flag("contrast-anchors", usual.ContrastAnchors),
            ContrastPositives = node.Flag("contrast-positives", usual.ContrastPositives),
            Guide = SentenceTransformer.Load(node.Get("guide").Text()),
        };
    }

    /// <inheritdoc/>
    public override TrainingBatch Prepare(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Settings.Guide is not { } guide ? batch
            : batch with
            {
                GuideEmbeddings =
                [
                    .. Enumerable.Range(0, batch.Columns)
                        .Select(column => guide.Encode(batch.Texts(column), cancellationToken: batch.Cancellation).Vectors),
                ],
            };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Solatorio];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        var guide = input.RequireGuide(this);
        var rows = input.Rows;
        if (rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var positives = GuideSimilarities(run, guide, 0, 1);
        var thresholds = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var own = positives.Row(row)[row];
            thresholds[row] =
                own - (Settings.MarginStrategy == MarginStrategy.Absolute ? Settings.Margin : Math.Abs(own) * Settings.Margin);
        }

        Tensor Block(int from, int to)
        {
            var guided = GuideSimilarities(run, guide, from, to).Values.ToArray();
            var scores = run.Similarities(input.Embeddings[from], input.Embeddings[to], SimilarityFunction.Cosine);
            return run.LeaveOut(
                scores, (row, other) => row == other && to < 2 ? from == to : guided[(row * rows) + other] > thresholds[row]);
        }

        var blocks = new List<Tensor> { Block(0, 1) };
        if (Settings.ContrastAnchors)
        {
            blocks.Add(Block(0, 0));
        }

        if (Settings.ContrastPositives)
        {
            blocks.Add(Block(1, 1));
        }

        for (var negative = 2; negative < input.Embeddings.Count; negative++)
        {
            blocks.Add(Block(0, negative));
        }

        return run.CrossEntropy(run.Scale(run.ConcatenateColumns(blocks), 1 / Settings.Temperature), Enumerable.Range(0, rows));
    }

    private static Tensor GuideSimilarities(Computation run, IReadOnlyList<Tensor> guide, int from, int to) =>
        run.Similarities(guide[from], guide[to], SimilarityFunction.Cosine);
}
