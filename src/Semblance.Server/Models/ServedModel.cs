using Semblance.Tensors;

namespace Semblance.Server;

/// <summary>Represents a model that a server offers, loaded when a request first needs it.</summary>
/// <param name="Name">The name by which requests choose the model.</param>
/// <param name="Model">
/// The folder of the model, the id of a model that was downloaded before, or <c>default</c> for the bundled model.
/// </param>
/// <param name="Compute">The number format of the products with weights; <see cref="ComputeType.Float32"/> by default.</param>
public sealed record ServedModel(string Name, string Model, ComputeType Compute = ComputeType.Float32)
{
    /// <summary>Gets the bundled default model.</summary>
    public static ServedModel Default { get; } = new(DefaultModel.Name, DefaultModel.Name);

    /// <summary>
    /// Parses a model as written on a command line: <c>MODEL</c>, <c>NAME=MODEL</c>, or either with <c>:int8</c>, <c>:bfloat16</c> or
    /// <c>:float32</c> at its end.
    /// </summary>
    /// <param name="text">The model.</param>
    /// <exception cref="FormatException">The name or the model is empty.</exception>
    public static ServedModel Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var compute = ComputeType.Float32;
        var model = text;
        if (model.LastIndexOf(':') is > 0 and var colon
            && Enum.GetNames<ComputeType>().Contains(model[(colon + 1)..], StringComparer.OrdinalIgnoreCase))
        {
            (compute, model) = (Enum.Parse<ComputeType>(model[(colon + 1)..], ignoreCase: true), model[..colon]);
        }

        var equals = model.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? Path.TrimEndingDirectorySeparator(model) : model[..equals];
        name = equals < 0 && Directory.Exists(model) ? Path.GetFileName(name) : name;
        model = model[(equals + 1)..];
        return name.Length > 0 && model.Length > 0
            ? new ServedModel(name, model, compute)
            : throw new FormatException($"'{text}' names no model; write a folder or an id, such as small=models/small:int8.");
    }
}
