namespace Semblance.Tensors.Instructions;

/// <summary>
/// One vector register of floats. Kernels are written once over this interface and compiled for each register width;
/// the runtime specialises them, so nothing of the abstraction is left in the machine code.
/// </summary>
/// <typeparam name="TSelf">The register type.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many floats a register holds.</summary>
    static abstract int Count { get; }

    /// <summary>How many rows of a matrix product fit the register file beside two columns of registers.</summary>
    static abstract int TileRows { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    /// <summary>
    /// Loads float16 divided by 2¹¹², which is what its bits say where a float's exponent stands: multiply with something
    /// times 2¹¹². Infinity and NaN come as 2¹⁶ and more (divided likewise).
    /// </summary>
    static abstract TSelf LoadHalf(Half* source);

    void Store(float* destination);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>The larger of two; <paramref name="b"/> where either is not a number.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller of two; <paramref name="b"/> where either is not a number.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf SquareRoot(TSelf a);

    /// <summary>a × b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The nearest whole number, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>A number from 0.5 to 2 times 2 to the power of a whole number from −126 to 130; infinity where that has no float.</summary>
    static abstract TSelf Scale(TSelf a, TSelf whole);

    /// <summary>The magnitude.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>The magnitude of one number with the sign of another.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>Lane by lane: a &lt; b ? whenTrue : whenFalse.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf whenTrue, TSelf whenFalse);

    /// <summary>The sum of all lanes, in one fixed order.</summary>
    static abstract float Sum(TSelf a);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TSelf a);
}
