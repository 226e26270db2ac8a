using System.Globalization;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Computes convolutions of several kernel sizes over the token vectors of each text and concatenates the results (Kim 2014,
/// arXiv:1408.5882). Texts are padded with zeros.
/// </summary>
public sealed class CNNModule : Module
{
    private const string FileName = "cnn_config.json";

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("in_embedding_dimension", "kernel_sizes", "out_channels", "stride_sizes")
        .Alias("in_word_embedding_dimension", "in_embedding_dimension");

    private readonly Linear[] _convolutions; // [channels × inputs × width] each

    /// <summary>Initializes a new instance of the <see cref="CNNModule"/> class from its parameters.</summary>
    /// <param name="convolutions">
    /// The convolutions, at least one, each with a weight <c>[channels × inputs × kernel size]</c> and a bias. Kernel sizes are odd; the
    /// other sizes are the same for all.
    /// </param>
    /// <exception cref="ArgumentException">There is no convolution, or the convolutions do not fit together.</exception>
    public CNNModule(params IReadOnlyList<Linear> convolutions)
    {
        ArgumentNullException.ThrowIfNull(convolutions);
        _convolutions = [.. convolutions];
        var first = _convolutions.Length == 0 ? [] : _convolutions[0].Weight.Shape.ToArray();
        if (first.Length != 3 || _convolutions.Any(layer => layer.Weight.Shape.Length != 3
            || !layer.Weight.Shape[..2].SequenceEqual(first.AsSpan(0, 2)) || layer.Weight.Shape[2] % 2 == 0))
        {
            throw new ArgumentException("Convolutions are [channels × inputs × an odd width], not "
                + $"{string.Join(", ", _convolutions.Select(layer => layer.Weight))}.", nameof(convolutions));
        }
    }

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.CNN";

    /// <summary>Gets the convolutions, in the order of the result.</summary>
    public IReadOnlyList<Linear> Convolutions => _convolutions;


    private int Inputs => _convolutions[0].Weight.Shape[1];

    private int Channels => _convolutions[0].Outputs;

    private IEnumerable<int> Widths => _convolutions.Select(layer => layer.Weight.Columns);

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens(Inputs);
        shape.TokenWidth = Channels * _convolutions.Length;
    }

    /// <summary>Loads the module from <c>cnn_config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static CNNModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, FileName)).Check(Keys);
        int inputs = config.WholeNumber("in_embedding_dimension", 1, 1 << 20),
            channels = config.WholeNumber("out_channels", 1, 1 << 20, 256);
        var widths = ReadWidths(config);
        if (config.Find("stride_sizes") is { } strides && (strides.ValueKind != JsonValueKind.Array || strides.EnumerateArray()
            .Any(stride => stride.ValueKind != JsonValueKind.Number || !stride.TryGetInt32(out var step) || step != 1)))
        {
            throw config.Fault("stride_sizes", $"is {strides.GetRawText()}; supported is a stride of 1 for each convolution");
        }

        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable, configuration: FileName);
        (Tensor Weight, Tensor Bias)[] parameters = [.. widths.Select((width, i) =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"convs.{i}");
            return (weights.Tensor(name + ".weight", channels, inputs, width), weights.Tensor(name + ".bias", channels));
        })];
        weights.Check();
        return new CNNModule(
            [.. parameters.Select(parameter => new Linear(parameter.Weight, parameter.Bias))])
        { Warnings = config.Warnings };
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(run);
        var tokens = TokenEmbeddings(features);
        features.TokenEmbeddings = run.ConcatenateColumns([.. _convolutions.Select(layer =>
        {
            using var windows = run.Neighbors(tokens, features.Batch, layer.Weight.Columns);
            return run.Linear(windows, layer); // [tokens × channels]
        })]);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() =>
        _convolutions.SelectMany((layer, i) => layer.Parameters(string.Create(CultureInfo.InvariantCulture, $"convs.{i}")));

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, FileName), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("in_word_embedding_dimension", Inputs);
            json.WriteNumber("out_channels", Channels);
            json.WriteStartArray("kernel_sizes");
            foreach (var width in Widths)
            {
                json.WriteNumberValue(width);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() => $"CNN({Inputs} → {string.Join(" + ", Widths.Select(width => $"{Channels} of width {width}"))})";

    private static int[] ReadWidths(ConfigurationFile config)
    {
        if (config.Find("kernel_sizes") is not { } list)
        {
            return [1, 3, 5];
        }

        var widths = list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var width) ? width : 0)
                .ToArray()
            : [];
        return widths.Length > 0 && widths.All(width => width is > 0 and < 1 << 10 && width % 2 == 1)
            ? widths
            : throw config.Fault("kernel_sizes",
                $"is {list.GetRawText()}; expected a list of odd numbers: an even width would make a text one token shorter");
    }
}
