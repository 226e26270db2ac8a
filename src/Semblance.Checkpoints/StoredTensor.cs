using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Checkpoints;

/// <summary>Represents the position of a tensor in a mapped file. The creator has checked that the tensor is within the file.</summary>
/// <param name="info">The type and the shape of the tensor.</param>
/// <param name="file">The file.</param>
/// <param name="offset">The offset of the first element in the file, in bytes.</param>
/// <param name="strides">The stride of each dimension in elements; <see langword="null"/> if the tensor is contiguous.</param>
internal sealed unsafe class StoredTensor(TensorInfo info, MappedFile file, long offset, long[]? strides = null)
{
    /// <summary>Gets the type and the shape of the tensor.</summary>
    public TensorInfo Info => info;

    /// <summary>Gets the address of the first element; keep this object alive while reading.</summary>
    public byte* Data => file.Data + offset;

    /// <summary>Reads the elements as float32: mapped if they are stored as float32, otherwise converted.</summary>
    public Tensor ReadSingle()
    {
        var shape = info.Shape.ToArray();
        CheckSize();
        var data = file.Data + offset;
        if (info.DType == DType.F32 && strides is null && (nuint)data % sizeof(float) == 0)
        {
            return Tensor.Map((float*)data, file, shape);
        }

        var tensor = Tensor.Zeros(shape);
        ConvertTo(tensor.Writable);
        file.KeepAlive();
        return tensor;
    }

    /// <summary>Reads the elements of an integer tensor.</summary>
    public long[] ReadInt64()
    {
        CheckSize();
        var values = new long[info.Count];
        try
        {
            ConvertTo(values);
        }
        catch (OverflowException error)
        {
            throw new CheckpointFormatException(
                file.Path, $"the tensor '{info.Name}' has a value above 2^63-1, the maximum of a 64-bit integer.", error);
        }

        file.KeepAlive();
        return values;
    }

    /// <summary>Reads the elements in their stored type.</summary>
    public T[] ReadExactly<T>(DType type)
        where T : unmanaged
    {
        CheckSize();
        if (info.DType != type)
        {
            throw new CheckpointFormatException(file.Path, $"the array holds {info.DType}, expected {type}.");
        }

        var values = Elements<T>().ToArray();
        file.KeepAlive();
        return values;
    }

    private void ConvertTo(Span<float> values)
    {
        switch (info.DType)
        {
            case DType.F32:
                Elements<float>().CopyTo(values);
                break;
            case DType.F16:
                HalfPrecision.Widen(Elements<ushort>(), values);
                break;
            case DType.BF16: // the upper half of a float32
                var bits = MemoryMarshal.Cast<float, uint>(values);
                TensorPrimitives.ConvertTruncating(Elements<ushort>(), bits);
                TensorPrimitives.ShiftLeft(bits, 16, bits);
                break;
            case DType.F64:
                TensorPrimitives.ConvertTruncating(Elements<double>(), values);
                break;
            default:
                ConvertIntegers(values);
                break;
        }
    }

    private void ConvertTo(Span<long> values)
    {
        if (info.DType is DType.F16 or DType.BF16 or DType.F32 or DType.F64)
        {
            throw new CheckpointFormatException(file.Path, $"the tensor '{info.Name}' holds {info.DType}, expected integers.");
        }

        ConvertIntegers(values);
    }

    private void ConvertIntegers<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        switch (info.DType)
        {
            case DType.Bool or DType.U8:
                TensorPrimitives.ConvertChecked(Elements<byte>(), values);
                break;
            case DType.I8:
                TensorPrimitives.ConvertChecked(Elements<sbyte>(), values);
                break;
            case DType.U16:
                TensorPrimitives.ConvertChecked(Elements<ushort>(), values);
                break;
            case DType.I16:
                TensorPrimitives.ConvertChecked(Elements<short>(), values);
                break;
            case DType.U32:
                TensorPrimitives.ConvertChecked(Elements<uint>(), values);
                break;
            case DType.I32:
                TensorPrimitives.ConvertChecked(Elements<int>(), values);
                break;
            case DType.U64:
                TensorPrimitives.ConvertChecked(Elements<ulong>(), values);
                break;
            case DType.I64:
                TensorPrimitives.ConvertChecked(Elements<long>(), values);
                break;
            default:
                throw new InvalidOperationException($"{info.DType} is not an integer type.");
        }
    }

    private ReadOnlySpan<T> Elements<T>()
        where T : unmanaged
    {
        var data = (T*)(file.Data + offset);
        return strides is null ? new ReadOnlySpan<T>(data, (int)info.Count) : Gather(data, strides);
    }

    private T[] Gather<T>(T* data, long[] strides)
        where T : unmanaged
    {
        var gathered = new T[info.Count];
        var index = new int[strides.Length];
        var position = 0L;
        for (var i = 0; i < gathered.Length; i++)
        {
            gathered[i] = data[position];
            for (var dimension = index.Length - 1; dimension >= 0; dimension--)
            {
                position += strides[dimension];
                if (++index[dimension] < info.Shape[dimension])
                {
                    break;
                }

                position -= strides[dimension] * info.Shape[dimension];
                index[dimension] = 0;
            }
        }

        return gathered;
    }

    private void CheckSize()
    {
        var count = 1L;
        foreach (var dimension in info.Shape)
        {
            count *= dimension;
            if (count > int.MaxValue)
            {
                throw new CheckpointFormatException(file.Path, $"the tensor {info} has more than 2^31-1 elements, which is not supported.");
            }
        }
    }
}
