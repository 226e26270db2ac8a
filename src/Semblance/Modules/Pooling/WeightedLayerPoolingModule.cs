using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Computes token vectors as the weighted mean of the outputs of the transformer's layers, with trainable weights.</summary>
/// <remarks>The original can run the model only if <c>config.json</c> of the transformer has <c>"output_hidden_states": true</c>.</remarks>
public sealed class WeightedLayerPoolingModule : Module
{
    private const int MostLayers = 1 << 12;

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("embedding_dimension", "layer_start", "num_hidden_layers")
        .Alias("word_embedding_dimension", "embedding_dimension");

    /// <summary>Initializes a new instance of the <see cref="WeightedLayerPoolingModule"/> class.</summary>
    /// <param name="dimension">The dimension of the token vectors.</param>
    /// <param name="layerCount">The number of layers of the transformer.</param>
    /// <param name="firstLayer">The first layer to include; 0 is the output of the embeddings. 4 by default.</param>
    /// <param name="weights">The weight of each layer, <c>[layerCount + 1 − firstLayer]</c>; null for weights of 1.</param>
    /// <exception cref="ArgumentException">The weights have another shape or the sum 0, or there is no such layer.</exception>
    public WeightedLayerPoolingModule(int dimension, int layerCount = 12, int firstLayer = 4, Tensor? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLayer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstLayer, layerCount);
        var count = layerCount + 1 - firstLayer;
        weights ??= Tensor.From(Enumerable.Repeat(1f, count).ToArray(), count);
        if (weights.Length != count || Sum(weights) == 0)
        {
            throw new ArgumentException(
                $"Weights {weights} with the sum {Sum(weights)} do not fit; {count} weights are needed, and their sum must not be 0.",
                nameof(weights));
        }

        (Dimension, LayerCount, FirstLayer, Weights) = (dimension, layerCount, firstLayer, weights);
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.WeightedLayerPooling";

    /// <summary>Gets the dimension of the token vectors.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of layers of the transformer.</summary>
    public int LayerCount { get; }

    /// <summary>Gets the first layer that is included; 0 is the output of the embeddings.</summary>
    public int FirstLayer { get; }

    /// <summary>Gets the weight of each layer from <see cref="FirstLayer"/> on.</summary>
    public Tensor Weights { get; }

    /// <inheritdoc/>
    public override bool NeedsHiddenStates => true;

    /// <summary>Loads the module from <c>config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static WeightedLayerPoolingModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        var layers = config.WholeNumber("num_hidden_layers", 1, MostLayers, 12);
        var first = config.WholeNumber("layer_start", 0, layers, 4);
        var checkpoint = Checkpoint.Open(folder);
        var source = new CheckpointWeights(checkpoint, "", trainable);
        var weights = source.Tensor("layer_weights", layers + 1 - first);
        source.Check();
        return Sum(weights) != 0
            ? new WeightedLayerPoolingModule(config.WholeNumber("embedding_dimension", 1, 1 << 20),
                layers, first, weights)
            { Warnings = config.Warnings }
            : throw new ModelFormatException(checkpoint.Path, "'layer_weights' have the sum 0; expected weights to divide by their sum.");
    }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens();
        shape.Declared(Dimension);
        shape.Require(shape.LayerCount == LayerCount, $"weighs {LayerCount} layers, but "
            + $"{(shape.LayerCount is { } layers ? $"the transformer has {layers}" : "there is no transformer before it")}");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(features);
        if (features.HiddenStates is not { Count: > 0 } states)
        {
            throw new InvalidOperationException($"{Type} works on the layers of a transformer, but there is none before it.");
        }

        features.TokenEmbeddings = states.Count == LayerCount + 1
            ? run.WeightedMean([.. states.Skip(FirstLayer)], Weights)
            : throw new InvalidOperationException($"{Type} weighs {LayerCount} layers, but the transformer has {states.Count - 1}.");
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new("layer_weights", Weights)];

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("word_embedding_dimension", Dimension);
            json.WriteNumber("layer_start", FirstLayer);
            json.WriteNumber("num_hidden_layers", LayerCount);
            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() => $"WeightedLayerPooling(layers {FirstLayer} to {LayerCount})";

    private static float Sum(Tensor weights) => System.Numerics.Tensors.TensorPrimitives.Sum(weights.Values);
}
