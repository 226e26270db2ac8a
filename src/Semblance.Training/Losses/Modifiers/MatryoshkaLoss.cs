using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MatryoshkaLoss"/>.</summary>
public sealed record MatryoshkaLossSettings
{
    /// <summary>Gets the lengths, such as 768, 512, 256, 128, 64.</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>Gets the weight of each length; null, the default, for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; init; }

    /// <summary>Gets the number of lengths, drawn at random, that each batch is computed on; null, the default, for all, which it is too where the computation has no seed.</summary>
    public int? DimensionsPerStep
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }
}

/// <summary>
/// Another loss on several lengths of the same vectors, added up, so that vectors can be cut later (Kusupati et al. 2022, arXiv:2205.13147).
/// Columns and labels as the other loss takes them. Each shortened vector is normalised; a teacher's vectors, where they are the labels, are cut to the
/// same length.
/// </summary>
public sealed class MatryoshkaLoss : Loss
{
    private const string Kusupati =
        """
        @misc{kusupati2022matryoshka,
            title = {Matryoshka Representation Learning},
            author = {Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and Ali Farhadi},
            year = {2022},
            eprint = {2205.13147},
            archivePrefix = {arXiv},
            primaryClass = {cs.LG}
        }
        """;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MatryoshkaLoss), ModelOutputKind.SentenceEmbeddings, ["loss", "dimensions", "weights", "dimensions-per-step"], (node, context) =>
        {
            var dimensions = Dimensions(node);
            var settings = new MatryoshkaLossSettings { Dimensions = dimensions, Weights = Weights(node) };
            settings = settings with { DimensionsPerStep = node.PerStep("dimensions-per-step", settings.DimensionsPerStep) };

            // Over cached gradients, all lengths are cut from the vectors of the whole batch.
            return LossRegistry.Create(node.Get("loss"), context) switch
            {
                GradientCache cache => new GradientCache(new MatryoshkaLoss(node.OfVectors(cache.Inner), settings), cache.MiniBatchTokens),
                var inner => new MatryoshkaLoss(node.OfVectors(inner), settings),
            };
        });

    private readonly Loss _loss;
    private readonly (int Dimension, float Weight)[] _lengths;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">The loss that is computed on each length.</param>
    /// <param name="settings">The lengths.</param>
    public MatryoshkaLoss(Loss loss, MatryoshkaLossSettings settings)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Dimensions.Count == 0)
        {
            throw new ArgumentException("There must be at least one length.", nameof(settings));
        }

        if (settings.Weights is { } weights && weights.Count != settings.Dimensions.Count)
        {
            throw new ArgumentException($"{weights.Count} weights do not fit {settings.Dimensions.Count} lengths.", nameof(settings));
        }

        (_loss, Settings) = (loss, settings);
        _lengths =
        [
            .. settings.Dimensions.Select((dimension, i) =>
                (Setting.Positive(dimension, nameof(settings.Dimensions)), Setting.Finite(settings.Weights?[i] ?? 1, nameof(settings.Weights)))),
        ];
    }

    /// <summary>Gets the settings.</summary>
    public MatryoshkaLossSettings Settings { get; }

    internal static int[] Dimensions(RecipeNode node) => [.. node.Get("dimensions").Items().Select(item => item.Count())];

    internal static float[]? Weights(RecipeNode node) => node.Find("weights") is { } weights ? [.. weights.Items().Select(item => item.Number(0f, 1e6f))] : null;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Kusupati];

    /// <inheritdoc/>
    public override Objective? Inner => _loss;

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        Tensor? sum = null;
        foreach (var (dimension, weight) in Sample.Of(run, _lengths, Settings.DimensionsPerStep ?? int.MaxValue))
        {
            if (dimension > input.Embeddings[0].Columns)
            {
                throw new LossInputException($"{Name} cannot cut vectors of {input.Embeddings[0].Columns} elements to {dimension}.");
            }

            var shortened = input with
            {
                Embeddings = [.. input.Embeddings.Select(x => run.Normalize(run.FirstColumns(x, dimension)))],
                Labels = _loss.TruncateLabels(input, dimension),
            };
            var loss = run.Scale(_loss.Forward(run, shortened), weight);
            sum = sum is null ? loss : run.Add(sum, loss);
        }

        return sum!;
    }

    /// <inheritdoc/>
    public override Tensor? TruncateLabels(LossInput input, int dimension) => _loss.TruncateLabels(input, dimension);

    /// <inheritdoc/>
    public override TrainingBatch Prepare(TrainingBatch batch) => _loss.Prepare(batch);
}
