using System.Buffers.Binary;
using System.Text;

namespace Semblance.Checkpoints;

/// <summary>
/// Writes a matrix to a NumPy array file (<c>.npy</c>, format 1.0, C order) row by row;
/// see <see href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"/>.
/// </summary>
/// <param name="path">The path of the file to write.</param>
/// <param name="columns">The number of elements in a row.</param>
/// <param name="type">The type of the elements: F32, F16, I8 or U8.</param>
public sealed class NpyWriter(string path, int columns, DType type = DType.F32)
    : RowWriter(path, Checked(path, type), columns, rows => Header(type, rows, columns))
{
    private const int HeaderLength = 128; // a multiple of 64 with room for any shape

    private static DType Checked(string path, DType type) => type != DType.BF16 ? type : throw new ArgumentException(
        $"{path}: NumPy has no bfloat16, so .npy files cannot hold it; use .safetensors.", nameof(type));

    private static byte[] Header(DType type, int rows, int columns)
    {
        var header = new byte[HeaderLength];
        header.AsSpan().Fill((byte)' ');
        NpyFile.Magic.CopyTo(header);
        header[6] = 1; // version 1.0
        header[7] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), HeaderLength - 10);
        Encoding.ASCII.GetBytes(
            $"{{'descr': '{NpyFile.DescriptionOf(type)}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}", header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }
}
