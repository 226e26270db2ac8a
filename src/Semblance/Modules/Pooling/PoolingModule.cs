using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>
/// Pools the token vectors of each text into one vector, with one or several pooling modes, whose results are concatenated.
/// </summary>
public sealed class PoolingModule : Module
{
    // In the order in which results are concatenated.
    private static readonly Way[] Ways =
    [
        new("pooling_mode_cls_token", "cls", Pooling.Cls),
        new("pooling_mode_max_tokens", "max", Pooling.Max),
        new("pooling_mode_mean_tokens", "mean", Pooling.Mean),
        new("pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", Pooling.MeanSqrtLength),
        new("pooling_mode_weightedmean_tokens", "weightedmean", Pooling.WeightedMean),
        new("pooling_mode_lasttoken", "lasttoken", Pooling.LastToken),
    ];

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported(["embedding_dimension", "include_prompt", "pooling_mode", .. Ways.Select(way => way.Field)])
        .Alias("word_embedding_dimension", "embedding_dimension");

    private readonly Pooling[] _modes;

    /// <summary>Initializes a new instance of the <see cref="PoolingModule"/> class.</summary>
    /// <param name="dimension">The dimension of the token vectors.</param>
    /// <param name="modes">The pooling modes; at least one. Results are concatenated in the order of <see cref="Pooling"/>.</param>
    /// <param name="includePrompt">
    /// <see langword="true"/>, the default, to include the tokens of a prompt; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ArgumentException">There is no pooling mode.</exception>
    public PoolingModule(int dimension, IEnumerable<Pooling> modes, bool includePrompt = true)
    {
        ArgumentNullException.ThrowIfNull(modes);
        _modes = Array.ConvertAll(Array.FindAll(Ways, way => modes.Contains(way.Mode)), way => way.Mode);
        if (_modes.Length == 0)
        {
            throw new ArgumentException("At least one way of pooling is needed.", nameof(modes));
        }

        Dimension = dimension;
        IncludePrompt = includePrompt;
    }

    // Keeps the given order, which may contain a mode twice.
    private PoolingModule(int dimension, Pooling[] modes, bool includePrompt) =>
        (Dimension, _modes, IncludePrompt) = (dimension, modes, includePrompt);

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Pooling";

    /// <summary>Gets the dimension of the token vectors.</summary>
    public int Dimension { get; }

    /// <summary>Gets the pooling modes, in the order of the result.</summary>
    public IReadOnlyList<Pooling> PoolingModes => _modes;

    /// <summary>Gets a value that indicates whether the tokens of a prompt are included.</summary>
    public bool IncludePrompt { get; }

    /// <inheritdoc/>
    public override bool MakesSentenceEmbeddings => true;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.RequireTokens();
        shape.Declared(Dimension);
        shape.SentenceWidth = _modes.Length * (shape.TokenWidth ?? Dimension);
    }

    /// <summary>Loads the module from <c>config.json</c> in its folder.</summary>
    /// <exception cref="ModelFormatException">The configuration is damaged or has a pooling mode that is not supported.</exception>
    public static PoolingModule Load(string folder)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        foreach (var property in config.Root.EnumerateObject())
        {
            var field = property.Name;
            if (field.StartsWith("pooling_mode_", StringComparison.Ordinal) && !Ways.Any(way => way.Field == field)
                && config.Flag(field, false))
            {
                throw config.Fault(field,
                    $"is not a supported pooling mode; supported are {string.Join(", ", Ways.Select(way => way.Field))}");
            }
        }

        config.Check(Keys);
        var dimension = config.WholeNumber("embedding_dimension", 1, 1 << 20);
        var on = Array.FindAll(Ways, way => config.Flag(way.Field, false));
        if (config.Find("pooling_mode") is not null)
        {
            // The newer form: one name, or several.
            var names = config.Find("pooling_mode")!.Value.ValueKind == JsonValueKind.String
                ? [config.Text("pooling_mode")!] : config.Texts("pooling_mode");
            on = [.. names.Select(name => Array.Find(Ways, way => way.Name == name)
                ?? throw config.Fault("pooling_mode", $"is '{name}'; supported are {string.Join(", ", Ways.Select(way => way.Name))}"))];
        }
        else if (on.Length == 0)
        {
            on = [Array.Find(Ways, way => way.Mode == Pooling.Mean)!]; // the default of the original, also if all flags are false
        }

        return on.Length > 0
            ? new PoolingModule(dimension, Array.ConvertAll(on, way => way.Mode),
                config.Flag("include_prompt", true))
            { Warnings = config.Warnings }
            : throw config.Fault("pooling_mode", $"is an empty list; supported are {string.Join(", ", Ways.Select(way => way.Name))}");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.Pool(TokenEmbeddings(features), features.Batch, _modes,
            IncludePrompt ? 0 : features.PromptLength, features.TokenWeightSums);
    }

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32) => JsonFile.Write(Path.Combine(folder, "config.json"), json =>
    {
        json.WriteStartObject();
        json.WriteNumber("word_embedding_dimension", Dimension);
        if (_modes.AsSpan().SequenceEqual(Array.ConvertAll(Array.FindAll(Ways, way => _modes.Contains(way.Mode)), way => way.Mode)))
        {
            foreach (var (field, _, mode) in Ways)
            {
                json.WriteBoolean(field, _modes.Contains(mode)); // what every version of the original reads
            }
        }
        else
        {
            json.WriteStartArray("pooling_mode"); // only the newer form has an order
            foreach (var mode in _modes)
            {
                json.WriteStringValue(Ways.First(way => way.Mode == mode).Name);
            }

            json.WriteEndArray();
        }

        json.WriteBoolean("include_prompt", IncludePrompt);
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public override string ToString() =>
        $"Pooling({string.Join(" + ", _modes.Select(mode => Ways.First(way => way.Mode == mode).Name))}"
            + $"{(IncludePrompt ? "" : ", without the prompt")})";

    // A class, because the runtime has precompiled arrays of classes; code for those of a struct would be compiled while the first model is
    // loaded.
    private sealed record Way(string Field, string Name, Pooling Mode);
}
