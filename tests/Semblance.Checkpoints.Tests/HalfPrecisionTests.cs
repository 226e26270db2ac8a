namespace Semblance.Checkpoints.Tests;

public class HalfPrecisionTests
{
    [Fact]
    public void Every_float16_is_widened_to_the_number_that_it_is()
    {
        var halves = Enumerable.Range(0, (1 << 16) + 5).Select(bits => (ushort)bits).ToArray(); // no whole number of registers
        var singles = new float[halves.Length];

        HalfPrecision.Widen(halves, singles);

        for (var i = 0; i < halves.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(halves[i]);
            if (float.IsNaN(expected))
            {
                singles[i].ShouldBe(float.NaN);
            }
            else
            {
                BitConverter.SingleToUInt32Bits(singles[i]).ShouldBe(BitConverter.SingleToUInt32Bits(expected));
            }
        }
    }
}
