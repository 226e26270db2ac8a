using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Checkpoints;

/// <summary>Represents the position of a tensor in a mapped file. The creator has checked that the tensor is within the file.</summary>
/// <param name="info">The type and the shape of the tensor.</param>
/// <param name="file">The file.</param>
/// <param name="offset">The offset of the first element in the file, in bytes.</param>
/// <param name="strides">The stride of each dimension in elements; <see langword="null"/> if the tensor is contiguous.</param>
/// <param name="scales">The scales of an int8 tensor; <see langword="null"/> if the elements are the values.</param>
internal sealed unsafe class StoredTensor(
    TensorInfo info, MappedFile file, long offset, long[]? strides = null, ChannelScales? scales = null) : IStoredValues
{
    /// <summary>Gets the type and the shape of the tensor.</summary>
    public TensorInfo Info => info;

    /// <summary>Gets the address of the first element; keep this object alive while reading.</summary>
    public byte* Data => file.Data + offset;

    /// <summary>Gets a value that indicates whether the elements are int8 codes with scales.</summary>
    public bool HasScales => scales is not null;

    /// <summary>Returns the tensor as int8 codes with scales.</summary>
    public StoredTensor WithScales(ChannelScales channels) => new(info, file, offset, strides, channels);

    /// <summary>
    /// Reads the elements as float32: mapped if they are stored as float32; converted where they are used if they are a matrix of float16,
    /// bfloat16 or int8 with scales; otherwise converted now.
    /// </summary>
    public Tensor ReadSingle()
    {
        var shape = info.Shape.ToArray();
        CheckSize();
        var data = file.Data + offset;
        if (strides is null && (nuint)data % (nuint)TensorInfo.SizeOf(info.DType) == 0)
        {
            if (info.DType == DType.F32)
            {
                return Tensor.Map((float*)data, this, shape);
            }

            if (shape.Length > 1 && (HasScales || info.DType is DType.F16 or DType.BF16))
            {
                return Tensor.Widen(this, shape);
            }
        }

        var tensor = Tensor.Zeros(shape);
        ConvertTo(tensor.Writable);
        file.KeepAlive();
        return tensor;
    }

    /// <summary>Converts elements of float16, bfloat16 or int8 with scales to float32.</summary>
    public void CopyTo(int first, Span<float> values)
    {
        switch (info.DType)
        {
            case DType.F16:
                HalfPrecision.Widen(Elements<ushort>().Slice(first, values.Length), values);
                break;
            case DType.BF16:
                HalfPrecision.WidenUpper(Elements<ushort>().Slice(first, values.Length), values);
                break;
            case DType.I8 when scales is not null:
                scales.Widen(Elements<sbyte>().Slice(first, values.Length), first, values);
                break;
            default:
                throw new InvalidOperationException($"Elements of {info.DType} are not converted where they are used.");
        }

        file.KeepAlive();
    }

    /// <summary>Removes the pages of the elements from memory; they are mapped again when they are read.</summary>
    public void Trim()
    {
        if (strides is null)
        {
            file.Release(offset, info.ByteCount);
        }
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
            case DType.F16 or DType.BF16:
            case DType.I8 when HasScales:
                CopyTo(0, values);
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
        if (HasScales || info.DType is DType.F16 or DType.BF16 or DType.F32 or DType.F64)
        {
            throw new CheckpointFormatException(
                file.Path, $"the tensor '{info.Name}' holds {info.DType}{(HasScales ? " with scales" : "")}, expected integers.");
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
