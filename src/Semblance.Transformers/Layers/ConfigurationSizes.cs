namespace Semblance.Transformers.Layers;

/// <summary>Sizes in a <c>config.json</c>, within what real models have.</summary>
public static class ConfigurationSizes
{
    // No published model comes near these; a file that does is not believed.
    private const int LargestWidth = 1 << 18;
    private const int LargestTable = 1 << 24;

    /// <summary>A width, or a number of heads.</summary>
    public static int Width(this ConfigurationFile file, string field, int? fallback = null) => file.WholeNumber(field, 1, LargestWidth, fallback);

    /// <summary>The rows of a table, or a length in tokens.</summary>
    public static int Rows(this ConfigurationFile file, string field, int? fallback = null) => file.WholeNumber(field, 1, LargestTable, fallback);

    /// <summary>A number of layers.</summary>
    public static int Layers(this ConfigurationFile file, string field, int? fallback = null) => file.WholeNumber(field, 0, 1024, fallback);

    /// <summary>A number of heads, which divides a width.</summary>
    public static int Heads(this ConfigurationFile file, string field, int width, int? fallback = null)
    {
        var heads = file.Width(field, fallback);
        return width % heads == 0 ? heads : throw file.Fault(field, $"is {heads}, which does not divide the width {width}");
    }

    /// <summary>How much is left out while the model learns.</summary>
    public static float Dropout(this ConfigurationFile file, string field, float fallback = 0)
    {
        var rate = file.Number(field, fallback);
        return rate is >= 0 and < 1 ? rate : throw file.Fault(field, $"is {rate}; expected a number from 0 to below 1");
    }

    /// <summary>The ε of a norm.</summary>
    public static float Epsilon(this ConfigurationFile file, string field, float fallback)
    {
        var epsilon = file.Number(field, fallback);
        return epsilon >= 0 ? epsilon : throw file.Fault(field, $"is {epsilon}; expected a number that is not negative");
    }

    /// <summary>A number above 0 that results can be finite with: from 10⁻⁶ to 10¹².</summary>
    public static float Positive(this ConfigurationFile file, string field, float fallback)
    {
        var number = file.Number(field, fallback);
        return number is >= 1e-6f and <= 1e12f ? number : throw file.Fault(field, $"is {number}; expected a number above 0, from 1e-6 to 1e12");
    }
}
