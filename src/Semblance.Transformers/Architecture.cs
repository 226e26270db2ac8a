using System.Text.Json.Nodes;
using Semblance.Tensors;
using Semblance.Transformers.Layers;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers;

/// <summary>
/// The descriptor of an architecture: all that loading, heads, new models, recipes and documentation know of it. A new architecture is a class that
/// derives from <see cref="Transformer"/>, and a descriptor of it that is registered with <see cref="Architectures.Register"/>.
/// </summary>
/// <param name="ModelType">The name under <c>model_type</c> in <c>config.json</c>.</param>
/// <param name="Prefix">What stands before the names of the body's parameters in a file that has a head too, such as <c>bert.</c>.</param>
/// <param name="Create">Makes the body of its configuration, taking its layers from the builder.</param>
public sealed record Architecture(string ModelType, string Prefix, Func<ConfigurationFile, ModelParameters, Transformer> Create)
{
    private readonly Pooling? _pooling;

    /// <summary>Gets the original's classes that are supported, the body alone first.</summary>
    public required IReadOnlyList<ArchitectureClass> Classes { get; init; }

    /// <summary>Gets whether a token attends only to itself and what precedes it, unless the configuration says otherwise. False by default.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Gets how the vectors of tokens usually become one of the text: by default the last token's in a causal model, which attends to all, else the mean.</summary>
    public Pooling Pooling { get => _pooling ?? (IsCausal ? Pooling.LastToken : Pooling.Mean); init => _pooling = value; }

    /// <summary>Gets whether a randomly initialised body has a pooler over the first token. False by default.</summary>
    public bool HasPooler { get; init; }

    /// <summary>Gets the scale of a norm that changes nothing, as it is stored: 0 where scales are stored less one. 1 by default.</summary>
    public float NormScale { get; init; } = 1;

    /// <summary>Gets the layout of the original's tokenizer.</summary>
    public TokenizerLayout Tokenizer { get; init; } = TokenizerLayout.Bert;

    /// <summary>Gets the function that gives a new model's configuration, or null where no new model is made.</summary>
    public Func<ModelSizes, JsonObject>? NewConfiguration { get; init; }

    /// <summary>Gets the function that makes a causal decoder with cross-attention of the same architecture, or null where the original has none.</summary>
    public Func<ConfigurationFile, ModelParameters, Decoder>? CreateDecoder { get; init; }

    /// <summary>Makes a body of its configuration and weights.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="trainable">Whether the weights change later, so that they are not packed now. False by default.</param>
    /// <exception cref="ModelFormatException">They do not fit together.</exception>
    public Transformer Load(ConfigurationFile configuration, Weights weights, bool trainable = false)
    {
        var parameters = new ModelParameters(weights);
        var model = Create(configuration, parameters);
        if (parameters.Check() && !trainable)
        {
            parameters.Prepare();
        }

        return model;
    }

    /// <summary>Finds the class that a configuration names under <c>architectures</c>.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <returns>The class, or null where it names none.</returns>
    /// <exception cref="ModelFormatException">The class is not supported.</exception>
    public ArchitectureClass? ClassOf(ConfigurationFile configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Texts("architectures") is not [var name, ..]
            ? null
            : Classes.FirstOrDefault(known => known.Name == name) ?? throw configuration.Fault(
                "architectures", $"names '{name}', whose head is not supported; those of this model_type that are: {string.Join(", ", Classes.Select(known => known.Name))}");
    }

    /// <summary>Finds the first class for a task, or returns null where there is none.</summary>
    /// <param name="task">The task.</param>
    public ArchitectureClass? ClassFor(TaskKind task) => Classes.FirstOrDefault(known => known.Task == task);
}
