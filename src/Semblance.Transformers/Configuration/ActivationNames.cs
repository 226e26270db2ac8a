using Semblance.Tensors;

namespace Semblance.Transformers;

/// <summary>Provides the activation functions by their names in <c>config.json</c> (transformers' <c>ACT2FN</c>).</summary>
public static class ActivationNames
{
    private static readonly Dictionary<string, Activation> Known = new(StringComparer.Ordinal)
    {
        ["gelu"] = Activation.Gelu,
        ["gelu_10"] = Activation.GeluClipped,
        ["gelu_accurate"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_python"] = Activation.Gelu,
        ["gelu_python_tanh"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["laplace"] = Activation.Laplace,
        ["leaky_relu"] = Activation.LeakyRelu,
        ["linear"] = Activation.Identity,
        ["mish"] = Activation.Mish,
        ["quick_gelu"] = Activation.QuickGelu,
        ["relu"] = Activation.Relu,
        ["relu2"] = Activation.ReluSquared,
        ["relu6"] = Activation.Relu6,
        ["sigmoid"] = Activation.Sigmoid,
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["tanh"] = Activation.Tanh,
    };

    /// <summary>Reads the activation that a field of the configuration names.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="field">The field.</param>
    /// <param name="fallback">The activation if the field is absent.</param>
    /// <param name="also">Other values that the field may have, for the message.</param>
    /// <exception cref="ModelFormatException">The activation is not supported.</exception>
    public static Activation ReadActivation(
        this ConfigurationFile config, string field, Activation fallback, params IEnumerable<string> also) =>
        config.Text(field) is { } name ? config.ActivationOf(field, name, also) : fallback;

    /// <summary>Returns the activation with the name that a field of the configuration gives.</summary>
    /// <exception cref="ModelFormatException">The activation is not supported.</exception>
    public static Activation ActivationOf(this ConfigurationFile config, string field, string name, params IEnumerable<string> also) =>
        Known.TryGetValue(name, out var activation)
            ? activation
            : throw config.Fault(
                field,
                $"is '{config.Text(field)}', which is not a supported activation; supported are "
                + string.Join(", ", Known.Keys.Concat(also).Order(StringComparer.Ordinal)));

    /// <summary>Returns the shortest name of an activation.</summary>
    public static string NameOf(Activation activation) =>
        Known.Where(known => known.Value == activation).Select(known => known.Key).MinBy(name => (name.Length, name))!;
}
