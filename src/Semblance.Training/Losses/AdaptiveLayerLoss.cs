using Semblance.Checkpoints;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Training;

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
    private readonly Loss _loss;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">What is computed on each layer.</param>
    /// <param name="layersPerStep">
    /// How many earlier layers, drawn by chance, each batch is computed on; all when null, and where <see cref="TrainingBatch.DropoutSeed"/> gives
    /// nothing to draw from.
    /// </param>
    /// <param name="lastLayerWeight">What the last layer counts.</param>
    /// <param name="priorLayersWeight">What the earlier layers count together.</param>
    /// <param name="divergenceWeight">What the divergence counts.</param>
    /// <param name="divergenceTemperature">What the elements of vectors are divided by before the divergence; 0 leaves it out.</param>
    /// <param name="layerWeighting">What each earlier layer counts; the same by default.</param>
    public AdaptiveLayerLoss(
        Loss loss,
        int? layersPerStep = 1,
        float lastLayerWeight = 1,
        float priorLayersWeight = 1,
        float divergenceWeight = 1,
        float divergenceTemperature = 0.3f,
        LayerWeighting layerWeighting = LayerWeighting.Uniform)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(layersPerStep ?? 1, 1, nameof(layersPerStep));
        ArgumentOutOfRangeException.ThrowIfNegative(divergenceTemperature);
        _loss = loss;
        LayersPerStep = layersPerStep;
        (LastLayerWeight, PriorLayersWeight, DivergenceWeight, DivergenceTemperature) = (lastLayerWeight, priorLayersWeight, divergenceWeight, divergenceTemperature);
        LayerWeighting = Enum.IsDefined(layerWeighting) ? layerWeighting : throw new ArgumentOutOfRangeException(nameof(layerWeighting), layerWeighting, "There is no such weighting.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Li2d];

    /// <inheritdoc/>
    public override Objective? Inner => _loss;

    /// <summary>Gets how many earlier layers each batch is computed on; null for all.</summary>
    public int? LayersPerStep { get; }

    /// <summary>Gets what the last layer counts.</summary>
    public float LastLayerWeight { get; }

    /// <summary>Gets what the earlier layers count together.</summary>
    public float PriorLayersWeight { get; }

    /// <summary>Gets what the divergence counts.</summary>
    public float DivergenceWeight { get; }

    /// <summary>Gets what the elements of vectors are divided by before the divergence; 0 leaves it out.</summary>
    public float DivergenceTemperature { get; }

    /// <summary>Gets what each earlier layer counts.</summary>
    public LayerWeighting LayerWeighting { get; }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _loss.Parameters();

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _loss.Save(model, folder, weights);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model does not begin with a transformer.</exception>
    public override double Backward(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Model.Modules[0] is not TransformerModule { Transformer: var transformer })
        {
            throw new ArgumentException($"{Name} needs a model with layers, which begins with a transformer; this one begins with {batch.Model.Modules[0].Type}.", nameof(batch));
        }

        using var run = batch.Start();
        var columns = Enumerable.Range(0, batch.Columns).Select(column => new Column(run, batch, transformer, column)).ToArray();
        var guide = _loss.GuideEmbeddings(batch);
        Tensor[] Embed(int layer) => [.. columns.Select(column => column.Embed(run, batch.Model, layer))];
        Tensor Loss(Tensor[] embeddings) => _loss.Forward(run, batch.Input(embeddings) with { GuideEmbeddings = guide });

        var last = Embed(transformer.LayerCount);
        var sum = run.Scale(Loss(last), LastLayerWeight);
        var target = LogProbabilities(run, Array.ConvertAll(last, Detached));
        var layers = Sample.Of(run, [.. Enumerable.Range(1, transformer.LayerCount - 1)], LayersPerStep ?? int.MaxValue);
        foreach (var layer in layers)
        {
            var embeddings = Embed(layer);
            sum = run.Add(sum, run.Scale(Loss(embeddings), PriorLayersWeight * Weight(layer) / layers.Count));
            if (target is not null)
            {
                var divergence = run.Sum(run.Multiply(run.Exp(target), run.Subtract(target, LogProbabilities(run, embeddings)!)));
                sum = run.Add(sum, run.Scale(divergence, DivergenceWeight * DivergenceTemperature / target.Rows));
            }
        }

        run.Backward(sum, Tensor.From([batch.Scale], 1));
        return sum.Values[0];
    }

    // The values alone: a constant, which no gradient goes through.
    private static Tensor Detached(Tensor x) => Tensor.From(x.Values, x.Shape);

    private float Weight(int layer) => LayerWeighting switch
    {
        LayerWeighting.Log => 1 / (1 + MathF.Log(1 + layer)),
        LayerWeighting.Linear => 1f / (1 + layer),
        _ => 1,
    };

    // ln softmax of all columns' vectors, one below another; null where there is no divergence.
    private Tensor? LogProbabilities(Computation run, Tensor[] embeddings) =>
        DivergenceTemperature > 0 && DivergenceWeight != 0 ? run.LogSoftmax(run.Scale(run.ConcatenateRows(embeddings), 1 / DivergenceTemperature)) : null;

    // The texts of one column with the hidden states of all layers.
    private sealed class Column
    {
        private readonly Features _texts;
        private readonly List<Tensor> _hiddenStates = [];

        public Column(Computation run, TrainingBatch batch, Transformer transformer, int column)
        {
            _texts = batch.Model.Tokenize(batch.Texts(column), batch.Prompt(column), batch.Route(column));
            transformer.Forward(run, _texts.Batch, _hiddenStates);
        }

        public Tensor Embed(Computation run, SentenceTransformer model, int layer)
        {
            var features = new Features(_texts.Batch, _texts.PromptLength) { Route = _texts.Route, TokenEmbeddings = _hiddenStates[layer] };
            foreach (var module in model.Modules.Skip(1))
            {
                module.Forward(run, features);
            }

            return features.SentenceEmbeddings ?? throw new InvalidOperationException("The model has no pooling, so it makes no sentence vectors.");
        }
    }
}
