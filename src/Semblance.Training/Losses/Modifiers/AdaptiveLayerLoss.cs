using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="AdaptiveLayerLoss"/>.</summary>
public record AdaptiveLayerLossSettings
{
    /// <summary>Gets the number of earlier layers, drawn at random, that each batch is computed on; 1 by default, null for all, which it is too without <see cref="TrainingBatch.DropoutSeed"/>.</summary>
    public int? LayersPerStep
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    } = 1;

    /// <summary>Gets the weight of the last layer; 1 by default.</summary>
    public float LastLayerWeight { get; init; } = 1;

    /// <summary>Gets the weight of the earlier layers together; 1 by default.</summary>
    public float PriorLayersWeight { get; init; } = 1;

    /// <summary>Gets the weight of the divergence of the earlier layers' vectors from the last one's; 1 by default.</summary>
    public float DivergenceWeight { get; init; } = 1;

    /// <summary>Gets the divisor of the elements of vectors before the divergence; 0.3 by default, 0 leaves the divergence out.</summary>
    public float DivergenceTemperature
    {
        get;
        init => field = Setting.AtLeastZero(value);
    } = 0.3f;

    /// <summary>Gets the weights of the earlier layers among each other; <see cref="LayerWeighting.Uniform"/> by default.</summary>
    public LayerWeighting LayerWeighting
    {
        get;
        init => field = Setting.Defined(value);
    } = LayerWeighting.Uniform;

    internal static string[] Keys => ["layers-per-step", "last-layer-weight", "prior-layers-weight", "divergence-weight", "divergence-temperature", "layer-weighting"];

    internal AdaptiveLayerLossSettings Read(RecipeNode node) => this with
    {
        LayersPerStep = node.PerStep("layers-per-step", LayersPerStep),
        LastLayerWeight = node.Weight("last-layer-weight", LastLayerWeight),
        PriorLayersWeight = node.Weight("prior-layers-weight", PriorLayersWeight),
        DivergenceWeight = node.Weight("divergence-weight", DivergenceWeight),
        DivergenceTemperature = node.Weight("divergence-temperature", DivergenceTemperature),
        LayerWeighting = node.Find("layer-weighting")?.OneOf(("uniform", LayerWeighting.Uniform), ("log", LayerWeighting.Log), ("linear", LayerWeighting.Linear)) ?? LayerWeighting,
    };
}

/// <summary>
/// Another loss on the last layer and on some earlier ones, so that layers can be cut off later, and the divergence of the earlier layers'
/// vectors from the last one's (Li et al. 2024, arXiv:2402.14776). Columns and labels as the other loss takes them.
/// </summary>
/// <remarks>
/// With L the loss on layer i of n, counted from 1, w its weight, v its vectors, p = softmax(vₙ / T), q = softmax(vᵢ / T), and m sampled layers:
/// lastLayerWeight · Lₙ + Σᵢ (priorLayersWeight · wᵢ Lᵢ / m + divergenceWeight · T · mean over vectors of Σ p ln(p / q)). The last layer is the
/// teacher: p is a constant, and no gradient of the divergence reaches it. sentence-transformers also draws the embeddings before the first
/// layer; here layers are what can be cut off, and one is left.
/// </remarks>
public class AdaptiveLayerLoss : Objective
{
    private const string Li2d =
        """
        @misc{li20242d,
            title = {2D Matryoshka Sentence Embeddings},
            author = {Xianming Li and Zongxi Li and Jing Li and Haoran Xie and Qing Li},
            year = {2024},
            eprint = {2402.14776},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    /// <summary>Gets the entry of the loss in recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(AdaptiveLayerLoss), ModelOutputKind.SentenceEmbeddings, ["loss", .. AdaptiveLayerLossSettings.Keys], (node, context) => new AdaptiveLayerLoss(node.InnerLoss(context), new AdaptiveLayerLossSettings().Read(node)));

    private readonly Loss _loss;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">The loss that is computed on each layer.</param>
    /// <param name="settings">The settings; null for the defaults.</param>
    public AdaptiveLayerLoss(Loss loss, AdaptiveLayerLossSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        (_loss, Settings) = (loss, settings ?? new());
    }

    /// <summary>Gets the settings.</summary>
    public AdaptiveLayerLossSettings Settings { get; }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SentenceEmbeddings;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Li2d];

    /// <inheritdoc/>
    public override Objective? Inner => _loss;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model does not begin with a transformer.</exception>
    public override double Backward(TrainingBatch batch)
    {
        RequireOutputs(batch);
        if (batch.Model.Body is null)
        {
            throw new ArgumentException($"{Name} needs a model with layers, which begins with a transformer.", nameof(batch));
        }

        batch = _loss.Prepare(batch);
        using var run = batch.Start();
        LayerOutputs[] columns = [.. _loss.Inputs(batch).Select(input => batch.Model.ForwardLayers(run, input))];
        Tensor[] Embed(int layer) => Array.ConvertAll(columns, column => column.After(layer).Value);
        Tensor Loss(Tensor[] embeddings) => _loss.Forward(run, LossInput.Of(batch, embeddings));

        var last = Embed(columns[0].Count);
        var sum = run.Scale(Loss(last), Settings.LastLayerWeight);
        var target = LogProbabilities(run, Array.ConvertAll(last, Detached));
        var layers = Sample.Of(run, [.. Enumerable.Range(1, columns[0].Count - 1)], Settings.LayersPerStep ?? int.MaxValue);
        foreach (var layer in layers)
        {
            var embeddings = Embed(layer);
            sum = run.Add(sum, run.Scale(Loss(embeddings), Settings.PriorLayersWeight * Weight(layer) / layers.Count));
            if (target is not null)
            {
                var divergence = run.Sum(run.Multiply(run.Exp(target), run.Subtract(target, LogProbabilities(run, embeddings)!)));
                sum = run.Add(sum, run.Scale(divergence, Settings.DivergenceWeight * Settings.DivergenceTemperature / target.Rows));
            }
        }

        return Backward(run, sum, batch);
    }

    // The values alone: a constant, which no gradient goes through.
    private static Tensor Detached(Tensor x) => Tensor.From(x.Values, x.Shape);

    private float Weight(int layer) => Settings.LayerWeighting switch
    {
        LayerWeighting.Log => 1 / (1 + MathF.Log(1 + layer)),
        LayerWeighting.Linear => 1f / (1 + layer),
        _ => 1,
    };

    // ln softmax of all columns' vectors, one below another; null where there is no divergence.
    private Tensor? LogProbabilities(Computation run, Tensor[] embeddings) =>
        Settings.DivergenceTemperature > 0 && Settings.DivergenceWeight != 0 ? run.LogSoftmax(run.Scale(run.ConcatenateRows(embeddings), 1 / Settings.DivergenceTemperature)) : null;
}
