using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MatryoshkaLoss"/>.</summary>
public sealed record MatryoshkaLossSettings
{
    /// <summary>Gets the dimensions, such as 768, 512, 256, 128, 64.</summary>
    public required IReadOnlyList<int> Dimensions { get; init; }

    /// <summary>Gets the weight of each dimension; <see langword="null"/>, the default, for 1 each.</summary>
    public IReadOnlyList<float>? Weights { get; init; }

    /// <summary>
    /// Gets the number of dimensions, sampled at random for each batch; <see langword="null"/>, the default, for all. A computation without
    /// a random seed uses all.
    /// </summary>
    public int? DimensionsPerStep
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }
}

/// <summary>
/// Represents a loss that adds up another loss over several dimensions of the same embeddings, so that embeddings can be truncated later
/// (Kusupati et al. 2022, arXiv:2205.13147).
/// </summary>
/// <remarks>
/// Columns and labels are those of the wrapped loss. Each truncated embedding is normalized. A teacher's embeddings, if they are the
/// labels, are truncated to the same dimension.
/// </remarks>
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

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MatryoshkaLoss), ModelOutputKind.SentenceEmbeddings, ["loss", "dimensions", "weights", "dimensions-per-step"],
        (node, context) =>
        {
            var dimensions = Dimensions(node);
            var settings = new MatryoshkaLossSettings { Dimensions = dimensions, Weights = Weights(node) };
            settings = settings with { DimensionsPerStep = node.PerStep("dimensions-per-step", settings.DimensionsPerStep) };

            // With gradient caching, all dimensions are truncated from the embeddings of the whole batch.
            var loss = node.Get("loss");
            return LossRegistry.Create(loss, context) switch
            {
                GradientCache cache => new GradientCache(new MatryoshkaLoss(loss.OfVectors(cache.Inner), settings), cache.MiniBatchTokens),
                var inner => new MatryoshkaLoss(loss.OfVectors(inner), settings),
            };
        });

    private readonly Loss _loss;
    private readonly (int Dimension, float Weight)[] _lengths;

    /// <summary>Initializes a new instance of the <see cref="MatryoshkaLoss"/> class.</summary>
    /// <param name="loss">The loss that is computed for each dimension.</param>
    /// <param name="settings">The settings, with the dimensions.</param>
    public MatryoshkaLoss(Loss loss, MatryoshkaLossSettings settings)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Dimensions.Count == 0)
        {
            throw new ArgumentException("There must be at least one dimension.", nameof(settings));
        }

        if (settings.Weights is { } weights && weights.Count != settings.Dimensions.Count)
        {
            throw new ArgumentException($"{weights.Count} weights do not fit {settings.Dimensions.Count} dimensions.", nameof(settings));
        }

        (_loss, Settings) = (loss, settings);
        _lengths =
        [
            .. settings.Dimensions.Select((dimension, i) =>
                (Setting.Positive(dimension, nameof(settings.Dimensions)),
                    Setting.Finite(settings.Weights?[i] ?? 1, nameof(settings.Weights)))),
        ];
    }

    /// <summary>Gets the settings.</summary>
    public MatryoshkaLossSettings Settings { get; }

    internal static int[] Dimensions(RecipeNode node) => [.. node.Get("dimensions").Items().Select(item => item.Count())];

    internal static float[]? Weights(RecipeNode node) =>
        node.Find("weights") is { } weights ? [.. weights.Items().Select(item => item.Number(0f, 1e6f))] : null;

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
                throw new LossInputException($"{Name} cannot truncate vectors of {input.Embeddings[0].Columns} elements to {dimension}.");
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
