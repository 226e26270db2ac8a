namespace Semblance.Transformers.Layers;

/// <summary>Reads sizes from a <c>config.json</c>, within the range of real models.</summary>
public static class ConfigurationSizes
{
    // Limits far above every published model; larger values are rejected as damage.
    private const int LargestWidth = 1 << 18;
    private const int LargestTable = 1 << 24;

    /// <summary>Reads a width, or a number of heads.</summary>
    public static int Width(this ConfigurationFile file, string field, int? fallback = null) =>
        file.WholeNumber(field, 1, LargestWidth, fallback);

    /// <summary>Reads the number of rows of a table, or a length in tokens.</summary>
    public static int Rows(this ConfigurationFile file, string field, int? fallback = null) =>
        file.WholeNumber(field, 1, LargestTable, fallback);

    /// <summary>Reads a number of layers.</summary>
    public static int Layers(this ConfigurationFile file, string field, int? fallback = null) => file.WholeNumber(field, 0, 1024, fallback);

    /// <summary>Reads a number of heads, which must divide a width.</summary>
    public static int Heads(this ConfigurationFile file, string field, int width, int? fallback = null)
    {
        var heads = file.Width(field, fallback);
        return width % heads == 0 ? heads : throw file.Fault(field, $"is {heads}, which does not divide the width {width}");
    }

    /// <summary>Reads a dropout probability.</summary>
    public static float Dropout(this ConfigurationFile file, string field, float fallback = 0)
    {
        var rate = file.Number(field, fallback);
        return rate is >= 0 and < 1 ? rate : throw file.Fault(field, $"is {rate}; expected a number from 0 to below 1");
    }

    /// <summary>Reads the ε of a norm.</summary>
    public static float Epsilon(this ConfigurationFile file, string field, float fallback)
    {
        var epsilon = file.Number(field, fallback);
        return epsilon >= 0 ? epsilon : throw file.Fault(field, $"is {epsilon}; expected a number that is not negative");
    }

    /// <summary>Reads a positive number in a range that keeps results finite: from 10⁻⁶ to 10¹².</summary>
    public static float Positive(this ConfigurationFile file, string field, float fallback)
    {
        var number = file.Number(field, fallback);
        return number is >= 1e-6f and <= 1e12f
            ? number
            : throw file.Fault(field, $"is {number}; expected a number above 0, from 1e-6 to 1e12");
    }
}
