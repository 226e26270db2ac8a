using System.Numerics;
using System.Runtime.CompilerServices;

namespace Semblance.Tensors.Instructions;

/// <summary>Represents registers of the width that the runtime offers, on any processor.</summary>
internal readonly unsafe struct LanesPortable(Vector<float> value) : ILanes<LanesPortable>
{
    private readonly Vector<float> _value = value;

    public static int Count => Vector<float>.Count;

    public static int TileRows => 6;

    public static LanesPortable Zero => new(Vector<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Broadcast(float value) => new(new Vector<float>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Load(float* source) => new(Vector.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable LoadHalf(Half* source)
    {
        var bits = stackalloc int[Vector<float>.Count];
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            bits[i] = (((short*)source)[i] << 13) & unchecked((int)0x8FFFE000);
        }

        return new(Vector.Load((float*)bits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable operator +(LanesPortable a, LanesPortable b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable operator -(LanesPortable a, LanesPortable b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable operator *(LanesPortable a, LanesPortable b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable operator /(LanesPortable a, LanesPortable b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Max(LanesPortable a, LanesPortable b) => new(Vector.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Min(LanesPortable a, LanesPortable b) => new(Vector.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable SquareRoot(LanesPortable a) => new(Vector.SquareRoot(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable MultiplyAdd(LanesPortable a, LanesPortable b, LanesPortable c) =>
        new(Vector.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Round(LanesPortable a) => new(Vector.Round(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Scale(LanesPortable a, LanesPortable whole)
    {
        // In two halves, because 2¹²⁸ itself is not a finite float.
        var half = Round(new(whole._value * 0.5f))._value;
        return new(a._value * PowerOfTwo(half) * PowerOfTwo(whole._value - half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable ScaleNormal(LanesPortable a, LanesPortable whole) => new(a._value * PowerOfTwo(whole._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable Abs(LanesPortable a) => new(Vector.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable CopySign(LanesPortable magnitude, LanesPortable sign) =>
        new(Vector.CopySign(magnitude._value, sign._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable SelectLess(LanesPortable a, LanesPortable b, LanesPortable whenTrue, LanesPortable whenFalse) =>
        new(Vector.ConditionalSelect(Vector.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(LanesPortable a) => Vector.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(LanesPortable a)
    {
        var largest = a._value[0];
        for (var i = 1; i < Vector<float>.Count; i++)
        {
            largest = MathF.Max(largest, a._value[i]);
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<float> whole) =>
        Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32(whole) + new Vector<int>(127), 23));

    public static int ByteOffset => 0;

    public static int ByteTileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            destination[i] = (byte)Math.Clamp(MathF.Round(_value[i]), 0f, 255f);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable AddByteProducts(LanesPortable sum, LanesPortable input, LanesPortable weight)
    {
        var (bytes, weights, sums) = (input._value.As<float, int>(), weight._value.As<float, int>(), sum._value.As<float, int>());
        for (var shift = 0; shift < 32; shift += 8)
        {
            var ofWeight = Vector.ShiftRightArithmetic(Vector.ShiftLeft(weights, 24 - shift), 24);
            sums += (Vector.ShiftRightLogical(bytes, shift) & new Vector<int>(0xFF)) * ofWeight;
        }

        return new(sums.As<int, float>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable SubtractProduct(LanesPortable a, LanesPortable b, LanesPortable c) =>
        new(Vector.ConvertToSingle(a._value.As<float, int>() - (b._value.As<float, int>() * c._value.As<float, int>())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable RoundToBFloat16(LanesPortable a)
    {
        var bits = a._value.As<float, int>();
        var rounded = (bits + new Vector<int>(0x7FFF) + (Vector.ShiftRightLogical(bits, 16) & Vector<int>.One))
            & new Vector<int>(unchecked((int)0xFFFF0000));
        var isRounded = Vector.LessThan(Vector.Abs(a._value).As<float, int>(), new Vector<int>(0x7F7F8000));
        return new(Vector.ConditionalSelect(isRounded, rounded, bits).As<int, float>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable LowerBFloat16(LanesPortable a) => new(Vector.ShiftLeft(a._value.As<float, uint>(), 16).As<uint, float>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesPortable UpperBFloat16(LanesPortable a) =>
        new((a._value.As<float, uint>() & new Vector<uint>(0xFFFF0000)).As<uint, float>());
}
