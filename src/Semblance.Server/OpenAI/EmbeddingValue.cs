namespace Semblance.Server.OpenAI;

/// <summary>Represents a vector: an array of numbers, or the base64 of its little-endian float32 bytes.</summary>
/// <param name="Vector">The vector.</param>
/// <param name="IsBase64"><see langword="true"/> to write base64; otherwise, <see langword="false"/>.</param>
[JsonConverter(typeof(EmbeddingValueConverter))]
internal readonly record struct EmbeddingValue(float[] Vector, bool IsBase64);
