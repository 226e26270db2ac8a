using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Semblance.Server.OpenAI;

/// <summary>Writes an <see cref="EmbeddingValue"/>.</summary>
internal sealed class EmbeddingValueConverter : JsonConverter<EmbeddingValue>
{
    /// <inheritdoc/>
    public override EmbeddingValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Vectors are only written.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmbeddingValue value, JsonSerializerOptions options)
    {
        if (value.IsBase64)
        {
            writer.WriteBase64StringValue(BytesOf(value.Vector));
            return;
        }

        writer.WriteStartArray();
        foreach (var element in value.Vector)
        {
            writer.WriteNumberValue(element);
        }

        writer.WriteEndArray();
    }

    /// <summary>Returns the little-endian float32 bytes of a vector.</summary>
    public static ReadOnlySpan<byte> BytesOf(float[] vector)
    {
        if (BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.AsBytes<float>(vector);
        }

        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        }

        return bytes;
    }
}
