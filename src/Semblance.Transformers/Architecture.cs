using System.Text.Json.Nodes;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers;

/// <summary>
/// Describes an architecture for loading, heads, new models, recipes and documentation. A new architecture is a class that derives from
/// <see cref="Transformer"/>, and its descriptor, which is registered with <see cref="Architectures.Register"/>.
/// </summary>
/// <param name="ModelType">The name under <c>model_type</c> in <c>config.json</c>.</param>
/// <param name="Prefix">The prefix of the names of the body's parameters in a file that has a head too, such as <c>bert.</c>.</param>
/// <param name="Create">Creates the body from its configuration, with layers from the builder.</param>
public sealed record Architecture(string ModelType, string Prefix, Func<ConfigurationFile, ModelParameters, Transformer> Create)
{
    private readonly Pooling? _pooling;

    /// <summary>Gets the original's classes that are supported, the body alone first.</summary>
    public required IReadOnlyList<ArchitectureClass> Classes { get; init; }

    /// <summary>
    /// Gets a value that indicates whether a token attends only to itself and the tokens before it, unless the configuration says
    /// otherwise. <see langword="false"/> by default.
    /// </summary>
    public bool IsCausal { get; init; }

    /// <summary>
    /// Gets the usual pooling mode: by default the last token in a causal model, where it attends to all tokens; otherwise, the mean.
    /// </summary>
    public Pooling Pooling { get => _pooling ?? (IsCausal ? Pooling.LastToken : Pooling.Mean); init => _pooling = value; }

    /// <summary>
    /// Gets a value that indicates whether a randomly initialized body has a pooler over the first token. <see langword="false"/> by
    /// default.
    /// </summary>
    public bool HasPooler { get; init; }

    /// <summary>Gets the stored scale of a norm that is the identity: 0 if the scale is stored minus 1. 1 by default.</summary>
    public float NormScale { get; init; } = 1;

    /// <summary>
    /// Gets the function that returns, for a configuration, the standard deviation of each new parameter by its name;
    /// <see langword="null"/>, the default, for 0.02.
    /// </summary>
    public Func<ConfigurationFile, Func<string, double>>? InitialDeviation { get; init; }

    /// <summary>Gets the layout of the original's tokenizer.</summary>
    public TokenizerLayout Tokenizer { get; init; } = TokenizerLayout.Bert;

    /// <summary>
    /// Gets the function that creates the configuration of a new model; <see langword="null"/> if new models are not supported.
    /// </summary>
    public Func<ModelSizes, JsonObject>? NewConfiguration { get; init; }

    /// <summary>
    /// Gets the function that creates a causal decoder with cross-attention of the same architecture; <see langword="null"/> if the
    /// original has none.
    /// </summary>
    public Func<ConfigurationFile, ModelParameters, Decoder>? CreateDecoder { get; init; }

    /// <summary>Returns the parameters of a randomly initialized model.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="pooler"><see langword="true"/> for a pooler, if the architecture has one; otherwise, <see langword="false"/>.</param>
    internal RandomWeights NewWeights(ConfigurationFile configuration, int seed, bool pooler) => new(seed, pooler, NormScale)
    {
        Deviation = InitialDeviation?.Invoke(configuration),
    };

    /// <summary>Creates a body from its configuration and weights.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="weights">The weights.</param>
    /// <exception cref="ModelFormatException">The configuration and the weights do not match.</exception>
    public Transformer Load(ConfigurationFile configuration, Weights weights)
    {
        var parameters = new ModelParameters(weights);
        var model = Create(configuration, parameters);
        parameters.Check();
        return model;
    }

    /// <summary>Returns the class that a configuration names under <c>architectures</c>.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The class; <see langword="null"/> if the configuration names none.</returns>
    /// <exception cref="ModelFormatException">The class is not supported.</exception>
    public ArchitectureClass? ClassOf(ConfigurationFile configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Texts("architectures") is not [var name, ..]
            ? null
            : Classes.FirstOrDefault(known => known.Name == name) ?? throw configuration.Fault(
                "architectures",
                $"names '{name}', whose head is not supported; supported for this model_type are "
                + $"{string.Join(", ", Classes.Select(known => known.Name))}");
    }

    /// <summary>Returns the first class for a task; <see langword="null"/> if there is none.</summary>
    /// <param name="task">The task.</param>
    public ArchitectureClass? ClassFor(TaskKind task) => Classes.FirstOrDefault(known => known.Task == task);
}
