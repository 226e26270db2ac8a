namespace Semblance.Checkpoints;

/// <summary>Specifies the type of the elements of a stored tensor, by its name in safetensors.</summary>
public enum DType
{
    /// <summary>A boolean in one byte.</summary>
    Bool,

    /// <summary>An 8-bit unsigned integer.</summary>
    U8,

    /// <summary>An 8-bit signed integer.</summary>
    I8,

    /// <summary>A 16-bit unsigned integer.</summary>
    U16,

    /// <summary>A 16-bit signed integer.</summary>
    I16,

    /// <summary>A 32-bit unsigned integer.</summary>
    U32,

    /// <summary>A 32-bit signed integer.</summary>
    I32,

    /// <summary>A 64-bit unsigned integer.</summary>
    U64,

    /// <summary>A 64-bit signed integer.</summary>
    I64,

    /// <summary>An IEEE 754 half-precision number.</summary>
    F16,

    /// <summary>A bfloat16 number: the upper half of a float32.</summary>
    BF16,

    /// <summary>An IEEE 754 single-precision number.</summary>
    F32,

    /// <summary>An IEEE 754 double-precision number.</summary>
    F64,
}
