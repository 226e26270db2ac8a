using Semblance.Server.OpenAI;

namespace Semblance.Server.Cohere;

/// <summary>Represents vectors in the forms that a request asks for; the others are absent.</summary>
internal sealed record EmbeddingForms
{
    /// <summary>The names of the forms.</summary>
    public static readonly string[] Names = ["float", "int8", "uint8", "binary", "ubinary", "base64"];

    /// <summary>Gets the numbers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<float[]>? Float { get; init; }

    /// <summary>Gets the numbers from −128 to 127.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int[]>? Int8 { get; init; }

    /// <summary>Gets the numbers from 0 to 255.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int[]>? Uint8 { get; init; }

    /// <summary>Gets the signs, 8 in a number from −128 to 127.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int[]>? Binary { get; init; }

    /// <summary>Gets the signs, 8 in a number from 0 to 255.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int[]>? Ubinary { get; init; }

    /// <summary>Gets the base64 of the little-endian float32 bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Base64 { get; init; }

    /// <summary>Returns vectors of length 1 in some forms.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="forms">The names of the forms.</param>
    public static EmbeddingForms Of(IReadOnlyList<float[]> vectors, IReadOnlyList<string> forms) => new()
    {
        Float = forms.Contains("float") ? vectors : null,
        Int8 = forms.Contains("int8") ? [.. vectors.Select(vector => Bytes(vector, 0))] : null,
        Uint8 = forms.Contains("uint8") ? [.. vectors.Select(vector => Bytes(vector, 128))] : null,
        Binary = forms.Contains("binary") ? [.. vectors.Select(vector => Bits(vector, -128))] : null,
        Ubinary = forms.Contains("ubinary") ? [.. vectors.Select(vector => Bits(vector, 0))] : null,
        Base64 = forms.Contains("base64")
            ? [.. vectors.Select(vector => Convert.ToBase64String(EmbeddingValueConverter.BytesOf(vector)))]
            : null,
    };

    // The largest absolute value of a vector becomes 127.
    private static int[] Bytes(float[] vector, int offset)
    {
        var largest = vector.Length == 0 ? 0 : Math.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(vector));
        var scale = largest > 0 ? 127 / largest : 0;
        return [.. vector.Select(value => (int)MathF.Round(value * scale) + offset)];
    }

    // The first element is the most significant bit.
    private static int[] Bits(float[] vector, int offset)
    {
        var packed = new int[(vector.Length + 7) / 8];
        for (var i = 0; i < vector.Length; i++)
        {
            packed[i / 8] |= vector[i] > 0 ? 128 >> (i % 8) : 0;
        }

        return [.. packed.Select(bits => bits + offset)];
    }
}
