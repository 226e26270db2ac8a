using System.Runtime.InteropServices;
using Semblance.Checkpoints;

namespace Semblance;

/// <summary>Relates the precision of vectors to the types in a file, and writes files.</summary>
internal static class VectorFile
{
    /// <summary>Writes vectors as <see cref="VectorMatrix.Save"/> says.</summary>
    public static void Save(VectorMatrix vectors, string path)
    {
        var columns = vectors.Quantizer?.Columns ?? vectors.Dimension;
        using RowWriter writer = System.IO.Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".NPY" => new NpyWriter(path, columns, TypeOf(vectors.Precision)),
            ".SAFETENSORS" => new SafetensorsRowWriter(path, columns, type: TypeOf(vectors.Precision)),
            _ =>
                throw new ArgumentException(
                    $"{path}: vectors are written to .npy and .safetensors files; the name must end so.", nameof(path)),
        };
        for (var row = 0; row < vectors.Rows; row++)
        {
            switch (writer.DType)
            {
                case DType.F32:
                    writer.Write(MemoryMarshal.Cast<byte, float>(vectors.Stored(row)));
                    break;
                case DType.F16:
                    writer.Write(MemoryMarshal.Cast<byte, Half>(vectors.Stored(row)));
                    break;
                case DType.BF16:
                    writer.Write(MemoryMarshal.Cast<byte, ushort>(vectors.Stored(row)));
                    break;
                case DType.I8:
                    writer.Write(MemoryMarshal.Cast<byte, sbyte>(vectors.Stored(row)));
                    break;
                default:
                    writer.Write(vectors.Stored(row));
                    break;
            }
        }

        // Ranges of other vectors would silently be wrong; without ranges, reading throws.
        File.Delete(QuantizationRanges.PathBeside(path));
        writer.Complete();
        vectors.Quantizer?.Ranges?.Save(QuantizationRanges.PathBeside(path));
    }

    /// <summary>Returns the type in which files hold vectors of a precision.</summary>
    public static DType TypeOf(Precision precision) => precision switch
    {
        Precision.Float32 => DType.F32,
        Precision.Float16 => DType.F16,
        Precision.BFloat16 => DType.BF16,
        Precision.Int8 or Precision.Binary => DType.I8,
        Precision.UInt8 or Precision.UBinary => DType.U8,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "There is no such precision."),
    };

    /// <summary>Returns the precision of the vectors in a file.</summary>
    /// <exception cref="CheckpointFormatException">The type is no precision, or says too little without ranges.</exception>
    public static Precision PrecisionOf(MappedMatrix matrix) => matrix.DType switch
    {
        DType.F32 => Precision.Float32,
        DType.F16 => Precision.Float16,
        DType.BF16 => Precision.BFloat16,
        DType.I8 when HasRanges(matrix) => Precision.Int8,
        DType.U8 when HasRanges(matrix) => Precision.UInt8,
        DType.I8 or DType.U8 => throw new CheckpointFormatException(
            matrix.Path,
            $"the meaning of its bytes is unknown: int8 and uint8 need their ranges in {QuantizationRanges.PathBeside(matrix.Path)}, " +
            "which is missing; packed bits (binary, ubinary) are read only if requested. Put the ranges there, or encode again as " +
            "float32."),
        _ =>
            throw new CheckpointFormatException(
                matrix.Path, $"the matrix holds {matrix.DType}; vectors are float32, float64, float16, bfloat16, int8 or uint8."),
    };

    /// <summary>Returns the ranges in the file next to the vectors.</summary>
    /// <exception cref="CheckpointFormatException">There is no such file, or it belongs to other vectors.</exception>
    public static QuantizationRanges RangesBeside(MappedMatrix matrix)
    {
        var path = QuantizationRanges.PathBeside(matrix.Path);
        if (!HasRanges(matrix))
        {
            throw new CheckpointFormatException(
                matrix.Path, $"int8 and uint8 need their ranges, but there is no {path}; encode again, or put it there.");
        }

        var ranges = QuantizationRanges.Load(path);
        return ranges.Smallest.Length == matrix.Columns && ranges.Count >= QuantizationRanges.FewestVectors
            ? ranges
            : throw new CheckpointFormatException(
                path,
                $"the file has ranges of {ranges.Count} vectors of {ranges.Smallest.Length} elements, but {matrix.Path} has " +
                $"{matrix.Columns}; they belong to other vectors.");
    }

    private static bool HasRanges(MappedMatrix matrix) => File.Exists(QuantizationRanges.PathBeside(matrix.Path));
}
