using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="AdaptiveLayerLoss"/>.</summary>
public record AdaptiveLayerLossSettings
{
    /// <summary>
    /// Gets the number of earlier layers, sampled at random for each batch; 1 by default. <see langword="null"/> uses all layers, and so
    /// does a batch without a <see cref="TrainingBatch.DropoutSeed"/>.
    /// </summary>
    public int? LayersPerStep
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    } = 1;

    /// <summary>Gets the weight of the last layer; 1 by default.</summary>
    public float LastLayerWeight { get; init; } = 1;

    /// <summary>Gets the total weight of the earlier layers; 1 by default.</summary>
    public float PriorLayersWeight { get; init; } = 1;

    /// <summary>Gets the weight of the divergence of the earlier layers' embeddings from the last layer's; 1 by default.</summary>
    public float DivergenceWeight { get; init; } = 1;

    /// <summary>
    /// Gets the temperature of the divergence: the divisor of the embeddings' elements; 0.3 by default, 0 for no divergence.
    /// </summary>
    public float DivergenceTemperature
    {
        get;
        init => field = Setting.AtLeastZero(value);
    } = 0.3f;

    /// <summary>Gets the relative weights of the earlier layers; <see cref="LayerWeighting.Uniform"/> by default.</summary>
    public LayerWeighting LayerWeighting
    {
        get;
        init => field = Setting.Defined(value);
    } = LayerWeighting.Uniform;

    internal static string[] Keys =>
        ["layers-per-step", "last-layer-weight", "prior-layers-weight", "divergence-weight", "divergence-temperature", "layer-weighting"];

    internal AdaptiveLayerLossSettings Read(RecipeNode node) => this with
    {
        LayersPerStep = node.PerStep("layers-per-step", LayersPerStep),
        LastLayerWeight = node.Weight("last-layer-weight", LastLayerWeight),
        PriorLayersWeight = node.Weight("prior-layers-weight", PriorLayersWeight),
        DivergenceWeight = node.Weight("divergence-weight", DivergenceWeight),
        DivergenceTemperature = node.Weight("divergence-temperature", DivergenceTemperature),
        LayerWeighting = node.Find("layer-weighting")?.OneOf(
            ("uniform", LayerWeighting.Uniform), ("log", LayerWeighting.Log), ("linear", LayerWeighting.Linear))
            ?? LayerWeighting,
    };
}

/// <summary>
/// Represents a loss that applies another loss to the last layer and to some earlier ones, so that the model can be truncated to fewer
/// layers (Li et al. 2024, arXiv:2402.14776).
/// </summary>
/// <remarks>
/// Let Lᵢ be the loss on layer i of n, counted from 1, wᵢ its weight, vᵢ its embeddings, p = softmax(vₙ / T), q = softmax(vᵢ / T), and m
/// the number of sampled layers. The result is lastLayerWeight · Lₙ + Σᵢ (priorLayersWeight · wᵢ Lᵢ / m + divergenceWeight · T · mean over
/// embeddings of Σ p ln(p / q)). The last layer is the teacher: p is a constant without gradient. sentence-transformers also samples the
/// embeddings before the first layer; here at least one layer remains. Columns and labels are those of the wrapped loss.
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

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(AdaptiveLayerLoss), ModelOutputKind.SentenceEmbeddings, ["loss", .. AdaptiveLayerLossSettings.Keys],
        (node, context) => new AdaptiveLayerLoss(node.InnerLoss(context), new AdaptiveLayerLossSettings().Read(node)));

    private readonly Loss _loss;

    /// <summary>Initializes a new instance of the <see cref="AdaptiveLayerLoss"/> class.</summary>
    /// <param name="loss">The loss that is computed on each layer.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
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

    // The values alone, a constant without gradient.
    private static Tensor Detached(Tensor x) => Tensor.From(x.Values, x.Shape);

    private float Weight(int layer) => Settings.LayerWeighting switch
    {
        LayerWeighting.Log => 1 / (1 + MathF.Log(1 + layer)),
        LayerWeighting.Linear => 1f / (1 + layer),
        _ => 1,
    };

    // The log-softmax of all columns' embeddings, one column after another; null without divergence.
    private Tensor? LogProbabilities(Computation run, Tensor[] embeddings) =>
        Settings.DivergenceTemperature > 0 && Settings.DivergenceWeight != 0
            ? run.LogSoftmax(run.Scale(run.ConcatenateRows(embeddings), 1 / Settings.DivergenceTemperature))
            : null;
}
