using Semblance.Checkpoints;
using Semblance.Files.Json;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Represents a linear layer over sentence vectors, or token vectors, followed by an activation function.</summary>
/// <param name="layer">The parameters.</param>
/// <param name="activation">The activation function.</param>
/// <param name="onTokens">
/// <see langword="true"/> to apply the layer to token vectors; otherwise, <see langword="false"/>, the default.
/// </param>
/// <param name="hasResidual">
/// <see langword="true"/> to add the input to the output, through <paramref name="residual"/> if the dimensions differ; otherwise,
/// <see langword="false"/>, the default.
/// </param>
/// <param name="residual">
/// A linear layer without bias from the dimension of the input to that of the output; null if they are equal.
/// </param>
public sealed class DenseModule(Linear layer, Activation activation, bool onTokens = false,
    bool hasResidual = false, Linear? residual = null) : Module
{
    private const string Sentences = "sentence_embedding";
    private const string Tokens = "token_embeddings";

    private static readonly KnownKeys Keys = new KnownKeys()
        .Supported("activation_function", "bias", "in_features", "module_input_name", "module_output_name", "out_features", "use_residual");

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Dense";

    /// <summary>Gets the parameters.</summary>
    public Linear Layer { get; } = layer;

    /// <summary>Gets the activation function.</summary>
    public Activation Activation { get; } = activation;

    /// <summary>Gets a value that indicates whether the layer is applied to token vectors.</summary>
    public bool OnTokens { get; } = onTokens;

    /// <summary>Gets a value that indicates whether the input is added to the output.</summary>
    public bool HasResidual { get; } = hasResidual;

    /// <inheritdoc/>
    public override void InferShape(FeatureShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (OnTokens)
        {
            shape.RequireTokens(Layer.Inputs);
            shape.TokenWidth = Layer.Outputs;
        }
        else
        {
            shape.RequireSentences(Layer.Inputs);
            shape.SentenceWidth = Layer.Outputs;
        }
    }

    /// <summary>Loads the module from <c>config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">
    /// <see langword="true"/> to copy the parameters into memory that training can change; otherwise, <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static DenseModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json")).Check(Keys);
        int inputs = config.WholeNumber("in_features", 1, 1 << 20), outputs = config.WholeNumber("out_features", 1, 1 << 20);
        var activation = TorchActivations.Find(config, "activation_function")
            ?? (config.IsNull("activation_function") ? Activation.Identity : Activation.Tanh);
        var onTokens = WorksOnTokens(config);
        var weights = new CheckpointWeights(Checkpoint.Open(folder), "", trainable);
        var layer = weights.Linear("linear", outputs, inputs, config.Flag("bias", true));
        var hasResidual = config.Flag("use_residual", false);
        var residual = hasResidual && inputs != outputs ? weights.Linear("residual", outputs, inputs, bias: false) : null;
        weights.Check();
        return new DenseModule(layer, activation, onTokens, hasResidual, residual) { Warnings = config.Warnings };
    }

    /// <summary>Returns the same layer for token vectors.</summary>
    internal DenseModule ForTokens() => new(Layer, Activation, onTokens: true, HasResidual, residual) { Warnings = Warnings };

    /// <summary>Reads whether a module takes and returns token vectors; otherwise, the vectors of texts.</summary>
    internal static bool WorksOnTokens(ConfigurationFile config)
    {
        var input = config.Text("module_input_name") ?? Sentences;
        if (input is not (Sentences or Tokens))
        {
            throw config.Fault("module_input_name", $"is '{input}'; supported are {Sentences} and {Tokens}");
        }

        var output = config.Text("module_output_name") ?? input;
        return output == input
            ? input == Tokens
            : throw config.Fault("module_output_name", $"is '{output}'; supported is the module's own input, {input}");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (OnTokens)
        {
            features.TokenEmbeddings = Forward(run, TokenEmbeddings(features));
        }
        else
        {
            features.SentenceEmbeddings = Forward(run, SentenceEmbeddings(features));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => Layer.Parameters("linear").Concat(residual?.Parameters("residual") ?? []);

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("in_features", Layer.Inputs);
            json.WriteNumber("out_features", Layer.Outputs);
            json.WriteBoolean("bias", Layer.Bias is not null);
            json.WriteString("activation_function", TorchActivations.NameOf(Activation));
            if (OnTokens)
            {
                json.WriteString("module_input_name", Tokens);
                json.WriteString("module_output_name", Tokens);
            }

            if (HasResidual)
            {
                json.WriteBoolean("use_residual", true);
            }

            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"Dense({Layer.Inputs} → {Layer.Outputs}, {Activation}{(OnTokens ? ", of tokens" : "")}{(HasResidual ? ", residual" : "")})";

    private Tensor Forward(Computation run, Tensor x)
    {
        var y = run.Linear(x, Layer, Activation);
        return HasResidual ? run.Add(y, residual is null ? x : run.Linear(x, residual)) : y;
    }
}
