using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Converts activation functions to and from the names of PyTorch's classes, as configuration files have them.</summary>
internal static class TorchActivations
{
    private static readonly Dictionary<string, Activation> Known = new(StringComparer.Ordinal)
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

    /// <summary>Returns the function that a field names; null if the field is absent.</summary>
    /// <exception cref="ModelFormatException">The name is not supported.</exception>
    public static Activation? Find(ConfigurationFile config, string field)
    {
        // Older files name the classes by their full path.
        var name = config.Text(field)?.Replace("torch.nn.modules.activation.Identity",
            "torch.nn.modules.linear.Identity", StringComparison.Ordinal);
        return name is null ? null
            : Known.TryGetValue(name, out var activation) ? activation
            : throw config.Fault(field, $"is '{name}'; supported are {string.Join(", ", Known.Keys)}");
    }

    /// <summary>Returns the name of a function.</summary>
    public static string NameOf(Activation activation) => Known.First(known => known.Value == activation).Key;
}
