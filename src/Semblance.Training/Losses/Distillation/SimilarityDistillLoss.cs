using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="SimilarityDistillLoss"/>.</summary>
public sealed record SimilarityDistillLossSettings
{
    /// <summary>
    /// Gets the distance between the model's similarities and the teacher's; <see cref="SimilarityDistance.KullbackLeibler"/> by default.
    /// </summary>
    public SimilarityDistance Distance
    {
        get;
        init => field = Setting.Defined(value);
    } = SimilarityDistance.KullbackLeibler;

    /// <summary>
    /// Gets the temperature of <see cref="SimilarityDistance.KullbackLeibler"/>: the divisor of the similarities before the softmax; 0.05
    /// by default. A lower value gives more weight to the nearest texts.
    /// </summary>
    public float Temperature
    {
        get;
        init => field = Setting.Positive(value);
    } = 0.05f;

    /// <summary>
    /// Gets the texts that the teacher's embeddings are for; <see cref="DistillationTargets.Shared"/> by default. It matters only with
    /// several text columns.
    /// </summary>
    public DistillationTargets Targets
    {
        get;
        init => field = Setting.Defined(value);
    } = DistillationTargets.Shared;
}

/// <summary>
/// Represents the distance between the cosine similarities of all texts of a batch and a teacher's: knowledge distillation of similarities,
/// for a teacher of any dimension.
/// </summary>
/// <remarks>
/// <para>
/// A text is compared with all other texts of the batch, those of other columns included. With
/// <see cref="SimilarityDistance.KullbackLeibler"/>, each text's similarities over the temperature are probabilities by a softmax, p of the
/// teacher and q of the model, and the result is the mean over texts of Σ p ln(p / q) (Passalis and Tefas 2018, arXiv:1803.10837; Fang et
/// al. 2021, arXiv:2101.04731). With <see cref="SimilarityDistance.MeanSquaredError"/>, it is the mean squared difference of the
/// similarities (Tung and Mori 2019, arXiv:1907.09682, with cosines in place of normalized rows).
/// </para>
/// <para>
/// One or more text columns. The labels are the teacher's embeddings: <c>[batch × dimension]</c> with
/// <see cref="DistillationTargets.Shared"/>, or <c>[batch × columns · dimension]</c> with <see cref="DistillationTargets.Each"/>. The
/// dimension is the teacher's; a <see cref="MatryoshkaLoss"/> truncates the model's embeddings and not the teacher's. A text is not
/// compared with itself, with an equal text (<see cref="LossInput.TextNumbers"/>), or with a text that shares its target.
/// </para>
/// </remarks>
public sealed class SimilarityDistillLoss(SimilarityDistillLossSettings? settings = null) : Loss
{
    private const string Tung =
        """
        @misc{tung2019similaritypreserving,
            title = {Similarity-Preserving Knowledge Distillation},
            author = {Frederick Tung and Greg Mori},
            year = {2019},
            eprint = {1907.09682},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    private const string Fang =
        """
        @misc{fang2021seed,
            title = {SEED: Self-supervised Distillation For Visual Representation},
            author = {Zhiyuan Fang and Jianfeng Wang and Lijuan Wang and Lei Zhang and Yezhou Yang and Zicheng Liu},
            year = {2021},
            eprint = {2101.04731},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    // A score without probability, in place of −∞, whose differences are not numbers. Added to any similarity it is itself.
    private const float Impossible = float.MinValue / 2;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(SimilarityDistillLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "temperature", "targets"], (node, _) =>
        {
            var usual = new SimilarityDistillLossSettings();
            return new SimilarityDistillLoss(usual with
            {
                Distance = node.Find("distance")?.OneOf(
                    ("kl", SimilarityDistance.KullbackLeibler), ("mse", SimilarityDistance.MeanSquaredError))
                    ?? usual.Distance,
                Temperature = node.Number("temperature", usual.Temperature, float.Epsilon, 1e6f),
                Targets = node.Find("targets")?.OneOf(("shared", DistillationTargets.Shared), ("each", DistillationTargets.Each))
                    ?? usual.Targets,
            });
        });

    /// <summary>Gets the settings.</summary>
    public SimilarityDistillLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations =>
        Settings.Distance == SimilarityDistance.KullbackLeibler ? [Papers.Passalis, Fang] : [Tung];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        if (input.Rows == 1 && (Settings.Targets == DistillationTargets.Shared || input.Embeddings.Count == 1))
        {
            throw new LossInputException(
                $"{Name} has nothing to compare in a batch of one row; use larger batches or leave the last short one out.");
        }

        var teacher = Teacher(run, input);
        var student = Similarities(run, run.ConcatenateRows(input.Embeddings));
        return Settings.Distance == SimilarityDistance.KullbackLeibler
            ? Divergence(run, input, teacher, student)
            : SquaredError(run, input, teacher, student);
    }

    // The cosines of each two vectors, divided by the temperature if there is one: cheaper than dividing the product.
    private Tensor Similarities(Computation run, Tensor vectors)
    {
        var directions = run.Normalize(vectors);
        if (Settings.Distance == SimilarityDistance.KullbackLeibler)
        {
            directions = run.Scale(directions, 1 / MathF.Sqrt(Settings.Temperature));
        }

        return run.Product(directions, directions);
    }

    // The teacher's similarities of all texts, one column after another.
    private Tensor Teacher(Computation run, LossInput input)
    {
        var columns = input.Embeddings.Count;
        var labels = input.RequireLabels(this, 0);
        if (Settings.Targets == DistillationTargets.Shared)
        {
            var rows = Similarities(run, labels);
            return run.ConcatenateRows([.. Enumerable.Repeat(run.ConcatenateColumns([.. Enumerable.Repeat(rows, columns)]), columns)]);
        }

        if (labels.Columns % columns != 0)
        {
            throw new LossInputException(
                $"{Name} needs a target for each of {columns} columns, all of one dimension, and a row has {labels.Columns} labels, which "
                + $"{columns} does not divide; if a row has one target for all columns, set the targets to shared.");
        }

        var dimension = labels.Columns / columns;
        var targets = Enumerable.Range(0, columns).Select(column => run.Columns(labels, column * dimension, dimension));
        return Similarities(run, run.ConcatenateRows([.. targets]));
    }

    private Tensor Divergence(Computation run, LossInput input, Tensor teacher, Tensor student)
    {
        var (mask, _) = Mask(run, input, compared: 0, leftOut: Impossible);
        var target = run.LogSoftmax(run.Add(teacher, mask));
        var difference = run.Subtract(target, run.LogSoftmax(run.Add(student, mask)));
        return run.Scale(run.Sum(run.Multiply(run.Exp(target), difference)), 1f / student.Rows);
    }

    private Tensor SquaredError(Computation run, LossInput input, Tensor teacher, Tensor student)
    {
        var (mask, pairs) = Mask(run, input, compared: 1, leftOut: 0);
        var difference = run.Multiply(run.Subtract(student, teacher), mask);
        return run.Scale(run.Sum(run.Square(difference)), 1f / Math.Max(1, pairs));
    }

    // A number for each pair of texts, and how many pairs are compared.
    private (Tensor Mask, int Pairs) Mask(Computation run, LossInput input, float compared, float leftOut)
    {
        var count = input.Rows * input.Embeddings.Count;
        int[] targets = [.. Enumerable.Range(0, count).Select(i => Settings.Targets == DistillationTargets.Shared ? i % input.Rows : i)];
        int[] texts = input.RequireTextNumbers(this) is { } numbers ? [.. numbers.SelectMany(column => column)] : targets;
        var mask = run.Lease(count, count);
        mask.Writable.Fill(compared);
        var pairs = mask.Length;
        for (var text = 0; text < count; text++)
        {
            var row = mask.Writable.Slice(text * count, count);
            for (var other = 0; other < count; other++)
            {
                if (targets[other] == targets[text] || texts[other] == texts[text])
                {
                    row[other] = leftOut;
                    pairs--;
                }
            }
        }

        return (mask, pairs);
    }
}
