namespace Semblance.Checkpoints;

/// <summary>The type of a stored tensor's elements, by its safetensors name.</summary>
public enum DType
{
    /// <summary>A truth value in one byte.</summary>
    Bool,

    /// <summary>An unsigned byte.</summary>
    U8,

    /// <summary>A signed byte.</summary>
    I8,

    /// <summary>A 16-bit unsigned integer.</summary>
    U16,

    /// <summary>A 16-bit integer.</summary>
    I16,

    /// <summary>A 32-bit unsigned integer.</summary>
    U32,

    /// <summary>A 32-bit integer.</summary>
    I32,

    /// <summary>A 64-bit unsigned integer.</summary>
    U64,

    /// <summary>A 64-bit integer.</summary>
    I64,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>IEEE 754 double precision.</summary>
    F64,
}
