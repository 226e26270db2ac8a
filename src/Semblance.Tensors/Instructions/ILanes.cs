namespace Semblance.Tensors.Instructions;

/// <summary>
/// Represents one vector register of floats. Kernels are written once over this interface and compiled for each register width; the runtime
/// specializes them, so the abstraction has no cost in the machine code.
/// </summary>
/// <typeparam name="TSelf">The register type.</typeparam>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Gets the number of floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>Gets the number of rows of a matrix product that fit the register file beside two columns of registers.</summary>
    static abstract int TileRows { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    /// <summary>
    /// Loads float16 values divided by 2¹¹², the result of moving their bits to the position of a float's exponent: multiply with a factor
    /// that contains 2¹¹². Infinity and NaN are loaded as 2¹⁶ and more (divided likewise).
    /// </summary>
    static abstract TSelf LoadHalf(Half* source);

    void Store(float* destination);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>Returns the larger of two numbers; <paramref name="b"/> if either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>Returns the smaller of two numbers; <paramref name="b"/> if either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf SquareRoot(TSelf a);

    /// <summary>Computes a × b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Rounds to the nearest whole number, ties to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>
    /// Multiplies a number from 0.5 to 2 by 2 to the power of a whole number from −126 to 130; infinity if the result is not a finite
    /// float.
    /// </summary>
    static abstract TSelf Scale(TSelf a, TSelf whole);

    /// <summary>Multiplies a number by 2 to the power of a whole number from −126 to 127.</summary>
    static abstract TSelf ScaleNormal(TSelf a, TSelf whole);

    /// <summary>Returns the magnitude.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>Returns the magnitude of one number with the sign of another.</summary>
    static abstract TSelf CopySign(TSelf magnitude, TSelf sign);

    /// <summary>Selects lane by lane: a &lt; b ? whenTrue : whenFalse.</summary>
    static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf whenTrue, TSelf whenFalse);

    /// <summary>Returns the sum of all lanes, in a fixed order.</summary>
    static abstract float Sum(TSelf a);

    /// <summary>Returns the largest lane.</summary>
    static abstract float Largest(TSelf a);

    /// <summary>
    /// Gets the number that is subtracted from a byte of an input, from 0 to 255, before it is stored: 128 where the processor multiplies
    /// signed bytes, otherwise 0.
    /// </summary>
    static abstract int ByteOffset { get; }

    /// <summary>Gets the number of rows of a product of bytes that fit the register file, as <see cref="TileRows"/>.</summary>
    static abstract int ByteTileRows { get; }

    /// <summary>
    /// Rounds to the nearest whole numbers, ties to even, limits them to 0 to 255, and stores them as bytes minus <see cref="ByteOffset"/>.
    /// </summary>
    void StoreBytes(byte* destination);

    /// <summary>Stores four registers as bytes, one after the other.</summary>
    static virtual void StoreBytes(TSelf a, TSelf b, TSelf c, TSelf d, byte* destination)
    {
        a.StoreBytes(destination);
        b.StoreBytes(destination + TSelf.Count);
        c.StoreBytes(destination + (2 * TSelf.Count));
        d.StoreBytes(destination + (3 * TSelf.Count));
    }

    /// <summary>
    /// Adds to each 32-bit integer of <paramref name="sum"/> the four products of the bytes of an input and of the signed bytes of a weight
    /// that lie in the same lane.
    /// </summary>
    /// <param name="sum">The sums.</param>
    /// <param name="input">The bytes of an input, minus <see cref="ByteOffset"/>.</param>
    /// <param name="weight">The bytes of a weight, from −64 to 64.</param>
    static abstract TSelf AddByteProducts(TSelf sum, TSelf input, TSelf weight);

    /// <summary>Returns a − b · c, for lanes that are 32-bit integers, as floats.</summary>
    static abstract TSelf SubtractProduct(TSelf a, TSelf b, TSelf c);

    /// <summary>
    /// Rounds to the nearest bfloat16, ties to even. NaN, infinity and numbers whose nearest bfloat16 is infinite do not change.
    /// </summary>
    static abstract TSelf RoundToBFloat16(TSelf a);

    /// <summary>Returns the bfloat16 in the lower half of each lane.</summary>
    static abstract TSelf LowerBFloat16(TSelf a);

    /// <summary>Returns the bfloat16 in the upper half of each lane.</summary>
    static abstract TSelf UpperBFloat16(TSelf a);
}
