namespace Semblance.Transformers.Layers;

/// <summary>
/// Reads which layers have global attention and which local: from <c>layer_types</c>, or from an architecture's older settings.
/// </summary>
public static class LayerTypes
{
    private const string Field = "layer_types";

    /// <summary>Returns, for each layer, a value that indicates whether its attention is local.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="slides">Returns whether the attention of the layer at an index is local, if there are no <c>layer_types</c>.</param>
    /// <exception cref="ModelFormatException">The number of types is not the number of layers, or a type is not supported.</exception>
    public static bool[] Slides(ConfigurationFile file, int layers, Func<int, bool> slides)
    {
        if (file.Find(Field) is null)
        {
            return [.. Enumerable.Range(0, layers).Select(slides)];
        }

        var types = file.Texts(Field);
        return types.FirstOrDefault(type => type is not ("sliding_attention" or "full_attention")) is { } unknown
            ? throw file.Fault(Field, $"has '{unknown}'; supported are full_attention and sliding_attention")
            : types.Count == layers ? [.. types.Select(type => type == "sliding_attention")]
            : throw file.Fault(Field, $"has {types.Count} entries; expected one for each of the {layers} layers");
    }
}
