using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents a matrix in a NumPy array file (<c>.npy</c>) that is mapped into memory: float32, float64, float16, int8 or uint8, two
/// dimensions, C order, little-endian; see <see href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"/>.
/// </summary>
public sealed partial class NpyFile
{
    internal const int LongestRow = 1 << 24;

    private const int MaxHeaderLength = 1 << 16;
    private readonly StoredTensor _stored;

    private NpyFile(string path, StoredTensor stored)
    {
        Path = path;
        _stored = stored;
    }

    /// <summary>Gets the path of the file that was opened.</summary>
    public string Path { get; }

    /// <summary>Gets the type of the stored elements.</summary>
    public DType DType => _stored.Info.DType;

    /// <summary>Gets the number of rows.</summary>
    public int Rows => _stored.Info.Shape[0];

    /// <summary>Gets the number of elements in a row.</summary>
    public int Columns => _stored.Info.Shape[1];

    internal StoredTensor Stored => _stored;

    internal static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is not a <c>.npy</c> file, or not a matrix of a supported type.</exception>
    public static NpyFile Open(string path) => MappedFile.Open(path, Read);

    /// <summary>Reads the matrix as float32: mapped if it is stored as float32, otherwise converted.</summary>
    /// <exception cref="CheckpointFormatException">The matrix has more than 2³¹−1 elements.</exception>
    public Tensor Read() => _stored.ReadSingle();

    /// <summary>Reads the elements of an int8 matrix, in row-major order.</summary>
    /// <exception cref="CheckpointFormatException">The matrix holds another type, or more than 2³¹−1 elements.</exception>
    public sbyte[] ReadInt8() => _stored.ReadExactly<sbyte>(DType.I8);

    /// <summary>Reads the elements of a uint8 matrix, in row-major order.</summary>
    /// <exception cref="CheckpointFormatException">The matrix holds another type, or more than 2³¹−1 elements.</exception>
    public byte[] ReadUInt8() => _stored.ReadExactly<byte>(DType.U8);

    internal static string DescriptionOf(DType type) => type switch
    {
        DType.F32 => "<f4",
        DType.F64 => "<f8",
        DType.F16 => "<f2",
        DType.I8 => "|i1",
        DType.U8 => "|u1",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The type is not supported in .npy files."),
    };

    private static NpyFile Read(MappedFile file)
    {
        var prefix = file.Bytes(0, 10);
        if (!prefix.StartsWith(Magic) || prefix[6] is not (1 or 2 or 3))
        {
            throw new CheckpointFormatException(file.Path, "this is not a .npy file of format 1, 2 or 3.");
        }

        var start = prefix[6] == 1 ? 10 : 12;
        var length = prefix[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(file.Bytes(8, 4));
        if (length > MaxHeaderLength)
        {
            throw new CheckpointFormatException(file.Path, $"the header has {length} bytes, expected at most {MaxHeaderLength}.");
        }

        var info = Parse(file.Path, Encoding.UTF8.GetString(file.Bytes(start, (int)length)));
        var data = start + (long)length;
        return info.Count <= long.MaxValue / sizeof(long) && info.ByteCount == file.Length - data
            ? new NpyFile(file.Path, new StoredTensor(info, file, data))
            : throw new CheckpointFormatException(
                file.Path, $"the {info} does not fill the {file.Length - data} bytes after the header; the file is damaged or truncated.");
    }

    private static TensorInfo Parse(string path, string header)
    {
        var description = Description().Match(header);
        var order = Order().Match(header);
        var shape = Shape().Match(header);
        if (!description.Success || !order.Success || !shape.Success)
        {
            throw new CheckpointFormatException(
                path, "the header needs 'descr' with one type, 'fortran_order' and 'shape'; expected an array of numbers.");
        }

        var sizes = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (sizes.Length != 2)
        {
            throw new CheckpointFormatException(
                path,
                $"the array has the shape ({Excerpt.Of(shape.Groups[1].Value)}); expected a matrix, one vector per row: save "
                + "array.reshape(1, -1) for one vector.");
        }

        if (!int.TryParse(sizes[0].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(sizes[1].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var columns))
        {
            throw new CheckpointFormatException(
                path, $"the array has the shape ({Excerpt.Of(shape.Groups[1].Value)}); expected integers below 2^31.");
        }

        if (columns is 0 or > LongestRow)
        {
            throw new CheckpointFormatException(
                path, $"the 'shape' is ({rows}, {columns}); expected rows of 1 to {LongestRow:N0} elements.");
        }

        if (order.Groups[1].ValueSpan is not "False")
        {
            throw new CheckpointFormatException(path, "the array is in Fortran order; save numpy.ascontiguousarray(array) instead.");
        }

        DType[] types = [DType.F32, DType.F64, DType.F16, DType.I8, DType.U8];
        var type = description.Groups[1].Value;
        var index = Array.FindIndex(types, known => DescriptionOf(known) == type);
        return index >= 0
            ? new TensorInfo("array", types[index], [rows, columns])
            : throw new CheckpointFormatException(
                path,
                type is ['>', .. var rest] && types.Any(known => DescriptionOf(known)[1..] == rest)
                    ? $"the array is big-endian ('{type}'); save array.astype('<{rest}') instead."
                    : $"the array holds '{Excerpt.Of(type)}'; supported are float32, float64, float16, int8 and uint8: "
                        + "save array.astype('<f4') for numbers.");
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex Description();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)\b")]
    private static partial Regex Order();

    [GeneratedRegex(@"'shape'\s*:\s*\(([0-9L,\s]*)\)")]
    private static partial Regex Shape();
}
