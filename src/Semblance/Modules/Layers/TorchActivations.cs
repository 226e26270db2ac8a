using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Modules;

/// <summary>Activation functions under the names of PyTorch's classes, as configuration files have them.</summary>
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

    /// <summary>The function that a field names; null where the field is absent.</summary>
    /// <exception cref="ModelFormatException">The name is not known.</exception>
    public static Activation? Find(ConfigurationFile config, string field)
    {
        // Older files name the classes as they are imported.
        var name = config.Text(field)?.Replace("torch.nn.modules.activation.Identity", "torch.nn.modules.linear.Identity", StringComparison.Ordinal);
        return name is null ? null
            : Known.TryGetValue(name, out var activation) ? activation
            : throw config.Fault(field, $"is '{name}'; known are {string.Join(", ", Known.Keys)}");
    }

    /// <summary>The name of a function.</summary>
    public static string NameOf(Activation activation) => Known.First(known => known.Value == activation).Key;
}
