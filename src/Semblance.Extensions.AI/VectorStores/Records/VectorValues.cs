using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI;

/// <summary>Converts the values of vector properties to vectors and back.</summary>
internal static class VectorValues
{
    public const string SupportedTypes = "ReadOnlyMemory<float>, Embedding<float>, float[]";

    /// <summary>Returns a value that indicates whether a type is that of a vector.</summary>
    public static bool Supports(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(ReadOnlyMemory<float>) || type == typeof(Embedding<float>) || type == typeof(float[]);
    }

    /// <summary>Converts a value to a vector.</summary>
    /// <returns><see langword="true"/> if the value is a vector; otherwise, <see langword="false"/>.</returns>
    public static bool TryConvert(object? value, out ReadOnlyMemory<float> vector)
    {
        (var isVector, vector) = value switch
        {
            ReadOnlyMemory<float> memory => (true, memory),
            float[] array => (true, array),
            Embedding<float> embedding => (true, embedding.Vector),
            _ => (false, default),
        };
        return isVector;
    }

    /// <summary>Converts a vector to a value of a property's type.</summary>
    public static object Convert(ReadOnlyMemory<float> vector, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(float[]) ? vector.ToArray()
            : type == typeof(Embedding<float>) ? new Embedding<float>(vector)
            : (object)vector;
    }
}
