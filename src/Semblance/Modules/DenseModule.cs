using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>A linear layer over the sentence vectors, with an activation.</summary>
/// <param name="layer">The parameters.</param>
/// <param name="activation">What follows.</param>
public sealed class DenseModule(Linear layer, Activation activation) : Module
{
    private static readonly Dictionary<string, Activation> Activations = new(StringComparer.Ordinal)
    {
        ["torch.nn.modules.activation.Tanh"] = Activation.Tanh,
        ["torch.nn.modules.linear.Identity"] = Activation.Identity,
        ["torch.nn.modules.activation.ReLU"] = Activation.Relu,
        ["torch.nn.modules.activation.GELU"] = Activation.Gelu,
        ["torch.nn.modules.activation.SiLU"] = Activation.Silu,
        ["torch.nn.modules.activation.Sigmoid"] = Activation.Sigmoid,
        ["torch.nn.modules.activation.ReLU6"] = Activation.Relu6,
        ["torch.nn.modules.activation.LeakyReLU"] = Activation.LeakyRelu,
        ["torch.nn.modules.activation.Mish"] = Activation.Mish,
    };

    /// <inheritdoc/>
    public override string Type => "sentence_transformers.models.Dense";

    /// <summary>The parameters.</summary>
    public Linear Layer { get; } = layer;

    /// <summary>What follows.</summary>
    public Activation Activation { get; } = activation;

    /// <inheritdoc/>
    public override int OutputDimension(int input) => Layer.Outputs;

    /// <summary>Loads the module from <c>config.json</c> and weights in its folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="trainable">Copies the parameters into memory that training can change.</param>
    /// <exception cref="ModelFormatException">The configuration is damaged, or does not fit the weights.</exception>
    public static DenseModule Load(string folder, bool trainable = false)
    {
        var config = ConfigurationFile.Read(Path.Combine(folder, "config.json"));
        int inputs = config.WholeNumber("in_features", 1, 1 << 20), outputs = config.WholeNumber("out_features", 1, 1 << 20);
        var name = config.Text("activation_function") ?? "torch.nn.modules.activation.Tanh";
        if (!Activations.TryGetValue(name, out var activation))
        {
            throw config.Fault("activation_function", $"is '{name}'; known are {string.Join(", ", Activations.Keys)}");
        }

        var checkpoint = Checkpoint.Open(folder);
        var weight = ReadParameter(checkpoint, "linear.weight", trainable);
        var bias = config.Flag("bias", true) ? ReadParameter(checkpoint, "linear.bias", trainable) : null;
        return weight.Shape.SequenceEqual([outputs, inputs]) && (bias is null || bias.Length == outputs)
            ? new DenseModule(new Linear(weight, bias), activation)
            : throw new ModelFormatException(checkpoint.Path, $"'linear.weight' is {weight}, but {config.Path} wants [{outputs}, {inputs}].");
    }

    /// <inheritdoc/>
    public override void Forward(Computation run, Features features)
    {
        ArgumentNullException.ThrowIfNull(features);
        features.SentenceEmbeddings = run.Linear(SentenceEmbeddings(features), Layer, Activation);
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> Parameters() => Layer.Parameters("linear");

    /// <inheritdoc/>
    public override void Save(string folder, DType weights = DType.F32)
    {
        JsonFile.Write(Path.Combine(folder, "config.json"), json =>
        {
            json.WriteStartObject();
            json.WriteNumber("in_features", Layer.Inputs);
            json.WriteNumber("out_features", Layer.Outputs);
            json.WriteBoolean("bias", Layer.Bias is not null);
            json.WriteString("activation_function", Activations.First(known => known.Value == Activation).Key);
            json.WriteEndObject();
        });
        SaveParameters(Parameters(), folder, weights);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Dense({Layer.Inputs} → {Layer.Outputs}, {Activation})";
}
