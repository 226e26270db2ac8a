using System.Globalization;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Represents a long short-term memory (Hochreiter and Schmidhuber 1997) over the token vectors of each text, unidirectional or
/// bidirectional, with one or several layers. Parameters have the layout and names of PyTorch's <c>LSTM</c>.
/// </summary>
public sealed class LSTMModule : Module
{
    private const string FileName = "lstm_config.json";
    private const int Gates = 4;

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("bidirectional", "dropout", "embedding_dimension", "hidden_dim", "num_layers")
        .Alias("word_embedding_dimension", "embedding_dimension");

    private readonly Direction[][] _layers; // [layer][direction]: forward and, if bidirectional, backward

    private LSTMModule(Direction[][] layers, float dropout) => (_layers, Dropout) = (layers, dropout);

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.LSTM";

    /// <summary>Gets the dimension of the input vectors.</summary>
    public int InputSize => _layers[0][0].Input.Inputs;

    /// <summary>Gets the hidden size of one direction.</summary>
    public int HiddenSize => _layers[0][0].Recurrent.Inputs;

    /// <summary>Gets the number of layers.</summary>
    public int LayerCount => _layers.Length;

    /// <summary>Gets a value that indicates whether the module is bidirectional.</summary>
    public bool IsBidirectional => _layers[0].Length == 2;

    /// <summary>Gets the dropout probability between layers.</summary>
    public float Dropout { get; }

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens(InputSize);
        shape.TokenWidth = HiddenSize * _layers[0].Length;
    }

    /// <summary>
    /// Creates a module with randomly initialized parameters, uniformly distributed within ±1/√hidden size as in PyTorch.
    /// </summary>
    /// <param name="inputSize">The dimension of the token vectors.</param>
    /// <param name="hiddenSize">The hidden size of one direction.</param>
    /// <param name="layerCount">The number of layers.</param>
    /// <param name="dropout">The dropout probability between layers, from 0 to below 1; 0 by default.</param>
    /// <param name="bidirectional">
    /// <see langword="true"/>, the default, to read texts in both directions; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="seed">The random seed; the same seed gives the same parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size is less than 1, or the dropout probability is not from 0 to below 1.
    /// </exception>
    public static LSTMModule CreateRandom(
        int inputSize, int hiddenSize, int layerCount = 1, float dropout = 0, bool bidirectional = true, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layerCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(dropout, 1);
        var random = new Random(seed);
        var bound = 1 / Math.Sqrt(hiddenSize);
        Tensor Random(params ReadOnlySpan<int> shape)
        {
            var tensor = Tensor.Zeros(shape);
            foreach (ref var value in tensor.Writable)
            {
                value = (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            return tensor;
        }

        return Create(inputSize, hiddenSize, layerCount, dropout, bidirectional,
            (_, _, outputs, inputs) => new Linear(Random(outputs, inputs), Random(outputs)));
    }

    /// <summary>Loads the module from <c>lstm_config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static LSTMModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, FileName)).Check(Keys);
        var dropout = config.Number("dropout", 0);
        if (dropout is < 0 or >= 1)
        {
            throw config.Fault("dropout", $"is {dropout}; expected a number from 0 to below 1");
        }

        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable, configuration: FileName);
        var module = Create(
            config.WholeNumber("embedding_dimension", 1, 1 << 20),
            config.WholeNumber("hidden_dim", 1, 1 << 20),
            config.WholeNumber("num_layers", 1, 1 << 10, 1),
            dropout,
            config.Flag("bidirectional", true),
            (weight, bias, outputs, inputs) => weights.Linear(weight, bias, outputs, inputs),
            config.Warnings);
        weights.Check();
        return module;
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(run);
        var x = TokenEmbeddings(features);
        for (var i = 0; i < _layers.Length; i++)
        {
            var directions = _layers[i].Select((direction, d) =>
            {
                using var sums = run.Linear(x, direction.Input); // [tokens × 4 · hidden]
                return run.Lstm(sums, direction.Recurrent, features.Batch, backwards: d == 1);
            }).ToArray();
            x = directions.Length == 1 ? directions[0] : run.ConcatenateColumns(directions);
            x = i < _layers.Length - 1 && Dropout > 0 ? run.Dropout(x, Dropout) : x;
        }

        features.TokenEmbeddings = x;
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _layers.SelectMany((directions, i) => directions.SelectMany((direction, d) =>
        new Parameter[]
        {
            new(Name("weight_ih", i, d), direction.Input.Weight),
            new(Name("weight_hh", i, d), direction.Recurrent.Weight),
            new(Name("bias_ih", i, d), direction.Input.Bias!),
            new(Name("bias_hh", i, d), direction.Recurrent.Bias!),
        }));

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, FileName), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("word_embedding_dimension", InputSize);
            json.WriteNumber("hidden_dim", HiddenSize);
            json.WriteNumber("num_layers", LayerCount);
            json.WriteNumber("dropout", Dropout);
            json.WriteBoolean("bidirectional", IsBidirectional);
            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() => $"LSTM({InputSize} → {HiddenSize * _layers[0].Length}, {LayerCount} "
        + $"{(LayerCount == 1 ? "layer" : "layers")}{(IsBidirectional ? ", both directions" : "")})";

    private static LSTMModule Create(int inputs, int hidden, int layers, float dropout,
        bool bidirectional, Func<string, string, int, int, Linear> linear, IReadOnlyList<string>? warnings = null)
    {
        var directions = bidirectional ? 2 : 1;
        return new LSTMModule(
            [.. Enumerable.Range(0, layers).Select(i => Enumerable.Range(0, directions).Select(d => new Direction(
                linear(Name("weight_ih", i, d), Name("bias_ih", i, d), Gates * hidden, i == 0 ? inputs : directions * hidden),
                linear(Name("weight_hh", i, d), Name("bias_hh", i, d), Gates * hidden, hidden))).ToArray())],
            dropout)
        { Warnings = warnings ?? [] };
    }

    private static string Name(string parameter, int layer, int direction) =>
        string.Create(CultureInfo.InvariantCulture, $"encoder.{parameter}_l{layer}{(direction == 1 ? "_reverse" : "")}");

    private sealed record Direction(Linear Input, Linear Recurrent);
}
