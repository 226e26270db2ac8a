using System.Globalization;

namespace Semblance;

/// <summary>
/// Identifies a model by what it computes: the first elements of the vectors of some texts. Two copies of a model agree even if their files
/// differ, for example in the data type of the weights, and another model does not.
/// </summary>
internal static class ModelProbe
{
    private const int Elements = 16;
    private const double Tolerance = 0.15; // weights in 16 bits differ by less than 1 %, products in int8 by up to 10 %

    private static readonly string[] Texts = ["The weather is fine today.", "今天天气很好。", "How can I change my password?"];

    /// <summary>Returns the numbers that identify a model, as a text.</summary>
    public static string Of(SentenceTransformer model)
    {
        var vectors = model.EncodeDocument(Texts, new EncodeOptions { Prompt = "" });
        return string.Join(' ', Texts.SelectMany((_, i) => Direction(vectors[i])).Select(
            element => element.ToString("F4", CultureInfo.InvariantCulture)));
    }

    /// <summary>Returns a value that indicates whether two models agree.</summary>
    public static bool Agree(string a, string b)
    {
        var (first, second) = (Numbers(a), Numbers(b));
        return first.Length == second.Length && first.Length % Texts.Length == 0
            && first.Zip(second, (x, y) => (x - y) * (x - y)).Chunk(Math.Max(1, first.Length / Texts.Length))
                .All(squares => Math.Sqrt(squares.Sum()) <= Tolerance);
    }

    // The length is left out: whether vectors are normalized is a setting of the index.
    private static IEnumerable<double> Direction(ReadOnlySpan<float> vector)
    {
        double[] elements = [.. vector[..Math.Min(Elements, vector.Length)].ToArray().Select(element => (double)element)];
        var length = Math.Max(Math.Sqrt(elements.Sum(element => element * element)), 1e-12);
        return elements.Select(element => element / length);
    }

    private static double[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)];
}
