using Semblance.Tensors;

namespace Semblance;

/// <summary>Provides views of a tensor's rows.</summary>
internal static unsafe class TensorRows
{
    /// <summary>Returns all rows as a matrix, for a tensor of any rank.</summary>
    public static Tensor AsMatrix(this Tensor tensor) => tensor.Slice(0, tensor.Rows);

    /// <summary>Returns <paramref name="count"/> rows from row <paramref name="first"/> on, without a copy.</summary>
    public static Tensor Slice(this Tensor tensor, int first, int count)
    {
        // The memory of a tensor does not move, so the address outlives the fixed statement.
        fixed (float* data = tensor.Values.Slice(first * tensor.Columns, count * tensor.Columns))
        {
            return Tensor.Map(data, tensor, count, tensor.Columns);
        }
    }

    /// <summary>Throws unless two sets of vectors have the same dimension.</summary>
    public static void CheckWidth(Tensor a, Tensor b, string parameter)
    {
        if (a.Columns != b.Columns)
        {
            throw new ArgumentException($"Vectors of {b.Columns} dimensions cannot be compared with vectors of {a.Columns}.", parameter);
        }
    }
}
