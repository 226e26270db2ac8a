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
}
